# The tutorial's program, whole: the lines that its text lost are back, and its slips
# are repaired. Replace the word "keras" by "tinycnn" in the imports, and it runs.
import os

import numpy as np
from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.preprocessing import image
from keras.preprocessing.image import ImageDataGenerator

# Sequential NN
classifier = Sequential()

# Convolution
classifier.add(Conv2D(32, (3, 3), input_shape=(64, 64, 3), activation="relu"))

# Pooling
classifier.add(MaxPooling2D(pool_size=(2, 2)))

# Flatten
classifier.add(Flatten())

# Fully connected
classifier.add(Dense(units=128, activation="relu"))

# Output layer: the probability of class 1
classifier.add(Dense(units=1, activation="sigmoid"))

# Model compilation
classifier.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

# Image preprocessing; only the training photos are augmented
train_datagen = ImageDataGenerator(
    rescale=1.0 / 255,
    shear_range=10,  # degrees: 0.2 moves no pixel
    zoom_range=0.2,
    horizontal_flip=True,
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)
training_set = train_datagen.flow_from_directory(
    "Dataset/train", target_size=(64, 64), batch_size=32, class_mode="binary"
)
test_set = test_datagen.flow_from_directory(
    "Dataset/test/", target_size=(64, 64), batch_size=32, class_mode="binary"
)
names = {number: name for name, number in training_set.class_indices.items()}

# Model fitting: an epoch is once through the photos
classifier.fit(training_set, epochs=24, validation_data=test_set)


# Who is it? Takes an image file name with extension
def who(img_file):
    test_image = image.load_img(img_file, target_size=(64, 64))
    test_image = image.img_to_array(test_image) / 255  # as in training
    test_image = np.expand_dims(test_image, axis=0)
    result = classifier.predict(test_image)
    return names[int(result[0][0] > 0.5)]


# Prediction on every image of the test folder
files = []
for root, folders, file_names in os.walk("Dataset/test"):
    for file_name in file_names:
        if file_name.lower().endswith((".jpg", ".jpeg", ".png")):
            files.append(os.path.join(root, file_name))

answers = {file: who(file) for file in sorted(files)}
for file, answer in answers.items():
    print(file, answer)
