# Digits as a data set made step by step, in the manner of TensorFlow's guides of 2022.
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

AUTOTUNE = tf.data.AUTOTUNE
BATCH_SIZE = 16

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_val, y_val = x_train[-40:], y_train[-40:]
x_train, y_train = x_train[:-40], y_train[:-40]


def prepare(image, label):
    image = tf.cast(image[..., tf.newaxis], tf.float32) / 255.0
    return tf.image.resize(image, (20, 20)), label


def augment(image, label):
    image = tf.image.random_brightness(image, max_delta=0.1)
    image = tf.image.random_contrast(image, lower=0.9, upper=1.1)
    return tf.clip_by_value(image, 0.0, 1.0), label


train_ds = (
    tf.data.Dataset.from_tensor_slices((x_train, y_train))
    .map(prepare, num_parallel_calls=AUTOTUNE)
    .cache()
    .map(augment, num_parallel_calls=AUTOTUNE)
    .shuffle(buffer_size=1024)
    .batch(BATCH_SIZE)
    .prefetch(AUTOTUNE)
)
val_ds = tf.data.Dataset.from_tensor_slices((x_val, y_val)).map(prepare).batch(10)
test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).map(prepare).batch(10)

print(len(train_ds), tf.data.experimental.cardinality(val_ds).numpy())
for images, labels in train_ds.take(1):
    assert images.shape == (BATCH_SIZE, 20, 20, 1)
    print(labels[0].numpy(), float(tf.reduce_max(images)))

model = keras.Sequential(
    [
        keras.Input(shape=(20, 20, 1)),
        layers.RandomContrast(0.1, value_range=(0, 1)),
        layers.Conv2D(8, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(10),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(1e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
history = model.fit(train_ds, validation_data=val_ds, epochs=2)
assert sorted(history.history) == ["acc", "loss", "val_acc", "val_loss"]
model.optimizer.learning_rate.assign(1e-4)
model.fit(train_ds.repeat(), steps_per_epoch=3, epochs=1)
test_loss, test_acc = model.evaluate(test_ds, return_dict=False)

probabilities = tf.nn.softmax(model.predict(test_ds))
metric = keras.metrics.SparseCategoricalAccuracy()
for start in range(0, len(y_test), 7):
    metric.update_state(y_test[start : start + 7], probabilities[start : start + 7])
assert abs(metric.result().numpy() - test_acc) < 1e-5
print("Kernel:", model.layers[1].kernel.numpy().shape, np.round(test_acc, 2))
model.save("digits_pipeline.keras")

converter = tf.lite.TFLiteConverter.from_keras_model(model)
with open("digits.tflite", "wb") as f:
    f.write(converter.convert())
interpreter = tf.lite.Interpreter(model_path="digits.tflite")
interpreter.allocate_tensors()
entry = interpreter.get_input_details()[0]
answer = interpreter.get_output_details()[0]
for images, _ in test_ds.take(1):
    interpreter.set_tensor(entry["index"], images[:1])
interpreter.invoke()
print("Digit:", np.argmax(interpreter.get_tensor(answer["index"])[0]))
