# The same course in 2020: everything is reached through tf.keras.
import numpy as np
import tensorflow as tf
from tensorflow.keras.preprocessing import image
from tensorflow.keras.preprocessing.image import ImageDataGenerator

print(tf.__version__)

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
)
training_set = train_datagen.flow_from_directory(
    "dataset/training_set", target_size=(32, 32), batch_size=8, class_mode="binary"
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)
test_set = test_datagen.flow_from_directory(
    "dataset/test_set", target_size=(32, 32), batch_size=8, class_mode="binary"
)

cnn = tf.keras.models.Sequential()
cnn.add(
    tf.keras.layers.Conv2D(
        filters=8, kernel_size=3, activation="relu", input_shape=[32, 32, 3]
    )
)
cnn.add(tf.keras.layers.MaxPool2D(pool_size=2, strides=2))
cnn.add(tf.keras.layers.Conv2D(filters=8, kernel_size=3, activation="relu"))
cnn.add(tf.keras.layers.MaxPool2D(pool_size=2, strides=2))
cnn.add(tf.keras.layers.Flatten())
cnn.add(tf.keras.layers.Dense(units=16, activation="relu"))
cnn.add(tf.keras.layers.Dense(units=1, activation="sigmoid"))

cnn.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
cnn.fit(x=training_set, validation_data=test_set, epochs=2)

test_image = image.load_img(
    "dataset/single_prediction/cat_or_dog_1.jpg", target_size=(32, 32)
)
test_image = image.img_to_array(test_image)
test_image = np.expand_dims(test_image, axis=0)
result = cnn.predict(test_image / 255.0)
prediction = "dog" if result[0][0] > 0.5 else "cat"
print(training_set.class_indices, prediction)

tf.keras.models.save_model(cnn, "my_cnn.h5")
