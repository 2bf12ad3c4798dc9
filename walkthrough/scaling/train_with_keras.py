"""Go on training on several devices: Keras's distribution, on JAX.

pip install '.[scaling]'
python walkthrough/scaling/train_with_keras.py --devices 2
python walkthrough/scaling/train_with_keras.py --devices 1

Keras divides each batch among the devices and averages the gradients. On a computer
without GPUs, --devices N makes JAX split the processor into N devices; with GPUs,
leave it out: all of them are used. JAX divides a batch only into equal parts, so the
photos of each batch, the last one too, should be a multiple of the devices.
"""

import argparse
import json
import os
from pathlib import Path

from tinycnn.commands.arguments import whole

PHOTOS, SIZE = 96, 32

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--devices", type=whole(1), help="split the processor into")
parser.add_argument("--batch-size", type=whole(1), default=32, help="photos per step")
parser.add_argument("--epochs", type=whole(0), default=8)
parser.add_argument("--losses", type=Path, help="where the losses are written as JSON")
parser.add_argument("--output", type=Path, help="where the model is written at the end")
options = parser.parse_args()
if options.losses and not options.losses.parent.is_dir():
    parser.error(f"--losses: there is no folder {options.losses.parent}")

os.environ["KERAS_BACKEND"] = "jax"
if options.devices:
    flag = f"--xla_force_host_platform_device_count={options.devices}"
    os.environ["XLA_FLAGS"] = flag  # read when JAX is imported

import keras  # noqa: E402 - after the settings
import numpy as np  # noqa: E402

from tinycnn.datasets.drawings import CLASS_NAMES, draw_heroes  # noqa: E402
from tinycnn.export import from_keras, to_keras  # noqa: E402
from tinycnn.networks import tutorial_network  # noqa: E402
from tinycnn.preprocessing.photos import Preprocessing  # noqa: E402


class LossOfEachStep(keras.callbacks.Callback):
    """Keep the loss of each batch; Keras reports the mean of the epoch so far."""

    def on_epoch_begin(self, epoch, logs=None):
        self.total = 0.0

    def on_train_batch_end(self, batch, logs=None):
        total = logs["loss"] * (batch + 1)
        losses.append(float(total - self.total))
        self.total = total


devices = keras.distribution.list_devices()
for count in (min(options.batch_size, PHOTOS), PHOTOS % options.batch_size):
    if count % len(devices):
        parser.error(
            f"a batch of {count} photos cannot be divided among {len(devices)} devices "
            f"(--batch-size {options.batch_size}, {PHOTOS} photos)"
        )
keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))

preprocessing = Preprocessing((SIZE, SIZE), rescale=1 / 255)
images, labels = draw_heroes(PHOTOS, seed=1, size=SIZE)
x, y = preprocessing.scaled(images), labels.astype(np.float32)[:, None]

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
    trained = from_keras(model, list(CLASS_NAMES), preprocessing)
    trained.save(options.output)
