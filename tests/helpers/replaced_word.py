"""The one change that a program for Keras needs: another word in its import lines.

* ``from keras.layers import ...``, ``from tensorflow.keras.layers import ...`` become
  ``from tinycnn.layers import ...``
* ``from tensorflow import keras`` becomes ``from tinycnn import keras``
* ``import keras``, ``import tensorflow`` become ``import tinycnn as keras``,
  ``import tinycnn as tensorflow``; so do ``import keras.models`` and the like, which
  bring in the same name
* ``import tensorflow as tf``, ``import tensorflow.keras as k`` become
  ``import tinycnn as tf``, ``import tinycnn as k``
* ``import keras.backend as K`` becomes ``import tinycnn.backend as K``
* ``keras_preprocessing``, a package of its own, becomes ``tinycnn_preprocessing``

Every other line stays as it is: ``keras.layers.Dense`` and ``tf.keras.layers.Dense``
are found through the name that the import line gave.
"""

import re

WORD = r"(?:tensorflow\.python\.keras|tensorflow\.keras|tensorflow|keras)"
FROM = re.compile(rf"^(\s*from\s+){WORD}(?=[.\s])", re.MULTILINE)
IMPORT_AS = re.compile(rf"^(\s*import\s+){WORD}(?=(?:\.[\w.]+)?\s+as\s)", re.MULTILINE)
PACKAGE = re.compile(r"\bkeras_preprocessing\b")
IMPORT = re.compile(
    r"^(\s*import\s+)(keras|tensorflow)(?:\.[\w.]+)?(?=[ \t]*(?:[,;#]|$))", re.MULTILINE
)


def in_tinycnn(source):
    """Return a program for Keras with its import lines speaking of tinycnn."""
    source = PACKAGE.sub("tinycnn_preprocessing", source)
    source = FROM.sub(r"\1tinycnn", source)
    source = IMPORT_AS.sub(r"\1tinycnn", source)
    return IMPORT.sub(r"\1tinycnn as \2", source)
