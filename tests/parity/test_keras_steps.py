"""How many steps the tutorial's `fit` takes in Keras: notebook 13 and docs/keras.md."""

import keras_oracle
import numpy as np
import pytest

keras = keras_oracle.keras

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept:DeprecationWarning"
)


class Steps(keras.callbacks.Callback):
    """Counts the steps of each epoch."""

    def __init__(self):
        super().__init__()
        self.by_epoch = []

    def on_epoch_begin(self, epoch, logs=None):
        self.by_epoch.append(0)

    def on_train_batch_end(self, batch, logs=None):
        self.by_epoch[-1] += 1


def test_keras_3_ends_each_epoch_when_the_photos_run_out():
    """109 photos, batches of 32: 4 steps in each of 6 epochs; not 109, nor 4 in all."""
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    photos = np.zeros((109, 4, 4, 1), np.float32)
    model = keras.Sequential(
        [
            keras.layers.Input((4, 4, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy")
    batches = ImageDataGenerator(rescale=1 / 255).flow(
        photos, np.arange(109) % 2, batch_size=32
    )
    steps = Steps()
    with pytest.warns(UserWarning, match="ran out of data"):
        model.fit(batches, steps_per_epoch=109, epochs=6, verbose=0, callbacks=[steps])
    assert steps.by_epoch == [4] * 6
    assert int(model.optimizer.iterations) == 24
