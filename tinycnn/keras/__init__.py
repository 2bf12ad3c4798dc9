"""`tinycnn.keras`: Keras's other spellings, and the modules that only Keras has.

``tinycnn.keras.layers`` is `tinycnn.layers`, ``tinycnn.keras.Sequential`` is
`tinycnn.Sequential`: the same objects. What Keras spells in another way stands in the
tables of `words` (arguments) and `names` (modules, classes, functions).
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

MODULES = ("activations", "backend", "utils")

if not TYPE_CHECKING:  # else every misspelt name would look right to mypy

    def __getattr__(name: str) -> Any:
        if name in MODULES:
            return import_module(f"{__name__}.{name}")
        if name.startswith("__") and name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(sys.modules["tinycnn"], name)
