"""How layers in a row learn and answer."""

from typing import TYPE_CHECKING

from tinycnn.keras.names import other_names, starred
from tinycnn.models.architecture import clone_model, model_from_json
from tinycnn.models.saving import save_model
from tinycnn.models.sequential import Sequential, load_model

__all__ = ["Sequential", "clone_model", "load_model", "model_from_json", "save_model"]

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy
    __all__ = starred(__name__, __all__)
    __getattr__ = other_names(__name__)
