"""Files that are written whole or not at all, and cannot run code when read."""

from tinycnn.files.safetensors import ModelFileError

__all__ = ["ModelFileError"]
