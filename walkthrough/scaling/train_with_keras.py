"""Go on training on several devices: Keras's distribution, on JAX.

pip install '.[scaling]'
python walkthrough/scaling/train_with_keras.py --devices 2
python walkthrough/scaling/train_with_keras.py --devices 1

Keras divides each batch among the devices and averages the gradients. A computer
without GPUs is given so many devices by a setting of JAX; with GPUs, leave --devices
out: all of them are used.
"""

import argparse
import json
import os
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--devices", type=int, help="so many, made of this processor")
parser.add_argument("--batch-size", type=int, default=32, help="photos per step")
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--losses", type=Path, help="where the losses are written as JSON")
parser.add_argument("--output", type=Path, help="where the model is written at the end")
options = parser.parse_args()

os.environ["KERAS_BACKEND"] = "jax"
if options.devices:
    flag = f"--xla_force_host_platform_device_count={options.devices}"
    os.environ["XLA_FLAGS"] = flag  # read when JAX is imported

import keras  # noqa: E402 - after the settings
import numpy as np  # noqa: E402

from tinycnn.datasets.drawings import draw_heroes  # noqa: E402
from tinycnn.export import from_keras, to_keras  # noqa: E402
from tinycnn.networks import tutorial_network  # noqa: E402

PHOTOS, SIZE = 96, 32


class LossOfEachStep(keras.callbacks.Callback):
    """Keep the loss of each batch; Keras reports the mean of the epoch so far."""

    def on_epoch_begin(self, epoch, logs=None):
        self.total = 0.0

    def on_train_batch_end(self, batch, logs=None):
        total = logs["loss"] * (batch + 1)
        losses.append(float(total - self.total))
        self.total = total


devices = keras.distribution.list_devices()
keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))

images, labels = draw_heroes(PHOTOS, seed=1, size=SIZE)
x, y = images.astype(np.float32) / 255, labels.astype(np.float32)[:, None]

losses = []
model = to_keras(tutorial_network((SIZE, SIZE, 3), seed=0))
model.compile(keras.optimizers.Adam(0.001), "binary_crossentropy")
for epoch in range(options.epochs):
    order = np.random.default_rng(epoch).permutation(PHOTOS)
    model.fit(
        x[order],
        y[order],
        batch_size=options.batch_size,
        shuffle=False,
        verbose=0,
        callbacks=[LossOfEachStep()],
    )
    print(f"epoch {epoch + 1}: loss {losses[-1]:.4f}, {len(devices)} devices")

if options.losses:
    options.losses.write_text(json.dumps(losses), encoding="utf-8")
if options.output:
    from_keras(model).save(options.output)
