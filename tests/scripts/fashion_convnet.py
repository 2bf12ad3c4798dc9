# Clothes with a convolution, 2019: the first lesson of an online course on vision.
import tensorflow as tf

mnist = tf.keras.datasets.fashion_mnist
(training_images, training_labels), (test_images, test_labels) = mnist.load_data()
training_images = training_images.reshape(len(training_images), 28, 28, 1)
training_images = training_images / 255.0
test_images = test_images.reshape(len(test_images), 28, 28, 1)
test_images = test_images / 255.0


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get("loss") < 0.01:
            print("\nLoss is low so cancelling training!")
            self.model.stop_training = True


model = tf.keras.models.Sequential(
    [
        tf.keras.layers.Conv2D(8, (3, 3), activation="relu", input_shape=(28, 28, 1)),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Conv2D(8, (3, 3), activation="relu"),
        tf.keras.layers.MaxPooling2D(2, 2),
        tf.keras.layers.Flatten(),
        tf.keras.layers.Dense(32, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(
    optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"]
)
model.summary()
model.fit(training_images, training_labels, epochs=2, callbacks=[myCallback()])
test_loss, test_accuracy = model.evaluate(test_images, test_labels)
print("Test loss: {}, Test accuracy: {}".format(test_loss, test_accuracy * 100))
classifications = model.predict(test_images)
print(classifications[0], test_labels[0])
model.save("my_fashion_model")
