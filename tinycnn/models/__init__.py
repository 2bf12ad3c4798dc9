"""How layers in a row learn and answer."""

from tinycnn.models.architecture import clone_model, model_from_json
from tinycnn.models.sequential import Sequential, load_model

__all__ = ["Sequential", "clone_model", "load_model", "model_from_json"]
