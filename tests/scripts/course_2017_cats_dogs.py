# A course's first network, 2017: Keras 1's words, cats or dogs in two folders.
from keras.models import Sequential
from keras.layers import Convolution2D
from keras.layers import MaxPooling2D
from keras.layers import Flatten
from keras.layers import Dense
from keras.preprocessing.image import ImageDataGenerator
from keras.preprocessing import image
import numpy as np

classifier = Sequential()
classifier.add(Convolution2D(8, 3, 3, input_shape=(32, 32, 3), activation="relu"))
classifier.add(MaxPooling2D(pool_size=(2, 2)))
classifier.add(Flatten())
classifier.add(Dense(output_dim=16, activation="relu"))
classifier.add(Dense(output_dim=1, activation="sigmoid"))
classifier.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)

training_set = train_datagen.flow_from_directory(
    "dataset/training_set", target_size=(32, 32), batch_size=8, class_mode="binary"
)
test_set = test_datagen.flow_from_directory(
    "dataset/test_set", target_size=(32, 32), batch_size=8, class_mode="binary"
)

classifier.fit_generator(
    training_set,
    samples_per_epoch=24,
    nb_epoch=2,
    validation_data=test_set,
    nb_val_samples=8,
)

test_image = image.load_img(
    "dataset/single_prediction/cat_or_dog_1.jpg", target_size=(32, 32)
)
test_image = image.img_to_array(test_image) / 255
test_image = np.expand_dims(test_image, axis=0)
result = classifier.predict(test_image)
print(training_set.class_indices)
if result[0][0] > 0.5:
    prediction = "dog"
else:
    prediction = "cat"
print(prediction)

classifier.save("cat_dog_classifier.h5")
