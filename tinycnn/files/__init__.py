"""Files that are never half written, and that cannot run code when they are read."""

from tinycnn.files.safetensors import ModelFileError

__all__ = ["ModelFileError"]
