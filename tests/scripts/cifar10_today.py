# Small colour photos in today's words: one call for all seeds, scores instead of a
# softmax, a metric with a name of its own.
import keras
import numpy as np
from keras import layers, regularizers

keras.utils.set_random_seed(42)

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
assert x_train.shape[1:] == (32, 32, 3) and y_train.shape[1:] == (1,)

model = keras.Sequential(name="small_photos")
model.add(keras.Input(shape=(32, 32, 3)))
model.add(layers.Rescaling(1.0 / 255))
model.add(layers.ZeroPadding2D(padding=(1, 1)))
model.add(
    layers.Conv2D(
        8,
        3,
        kernel_initializer=keras.initializers.HeNormal(),
        kernel_regularizer=regularizers.L2(1e-4),
    )
)
model.add(layers.BatchNormalization())
model.add(layers.ReLU())
model.add(layers.MaxPooling2D())
model.add(layers.Conv2D(16, 3, padding="same", activation="elu"))
model.add(layers.GlobalAveragePooling2D())
model.add(layers.Dense(10))

model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01, momentum=0.9, nesterov=True),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
callbacks = [
    keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=5, restore_best_weights=True
    ),
    keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1),
]
history = model.fit(
    x_train,
    y_train,
    batch_size=32,
    epochs=2,
    validation_data=(x_test, y_test),
    callbacks=callbacks,
)
assert {"acc", "val_acc"} <= set(history.history)
results = model.evaluate(x_test, y_test, return_dict=True, verbose=0)
print(results["acc"], results["loss"])
logits = model.predict(x_test[:5])
print(np.argmax(logits, axis=-1), y_test[:5].ravel())
model.save("cifar10_today.keras")
