"""How layers in a row learn and answer."""

from tinycnn.models.sequential import Sequential, load_model

__all__ = ["Sequential", "load_model"]
