# Hand signs, 2018: grey photos of fingers; the network as JSON, its weights beside it.
import numpy as np
from keras.models import Sequential, model_from_json
from keras.layers import Convolution2D
from keras.layers import MaxPooling2D
from keras.layers import Flatten
from keras.layers import Dense, Dropout
from keras.preprocessing.image import ImageDataGenerator
from keras.preprocessing import image

classifier = Sequential()
classifier.add(Convolution2D(8, (3, 3), input_shape=(32, 32, 1), activation="relu"))
classifier.add(MaxPooling2D(pool_size=(2, 2)))
classifier.add(Convolution2D(8, (3, 3), activation="relu"))
classifier.add(MaxPooling2D(pool_size=(2, 2)))
classifier.add(Flatten())
classifier.add(Dense(units=32, activation="relu"))
classifier.add(Dropout(0.25))
classifier.add(Dense(units=6, activation="softmax"))
classifier.compile(
    optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"]
)

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)
training_set = train_datagen.flow_from_directory(
    "data/train",
    target_size=(32, 32),
    batch_size=5,
    color_mode="grayscale",
    class_mode="categorical",
)
test_set = test_datagen.flow_from_directory(
    "data/test",
    target_size=(32, 32),
    batch_size=5,
    color_mode="grayscale",
    class_mode="categorical",
)
classifier.fit_generator(
    training_set,
    steps_per_epoch=8,
    epochs=2,
    validation_data=test_set,
    validation_steps=4,
)

model_json = classifier.to_json()
with open("model-bw.json", "w") as json_file:
    json_file.write(model_json)
classifier.save_weights("model-bw.h5")

json_file = open("model-bw.json", "r")
loaded_model = model_from_json(json_file.read())
json_file.close()
loaded_model.load_weights("model-bw.h5")
print("Loaded model from disk")

categories = {0: "ZERO", 1: "ONE", 2: "TWO", 3: "THREE", 4: "FOUR", 5: "FIVE"}
test_image = image.load_img(
    "data/test/2/2.1.jpg", color_mode="grayscale", target_size=(32, 32)
)
x = np.expand_dims(image.img_to_array(test_image) / 255.0, axis=0)
before = classifier.predict(x)
after = loaded_model.predict(x)
assert np.allclose(before, after, atol=1e-6)
print(categories[int(np.argmax(after[0]))])

loaded_model.compile(
    optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"]
)
loaded_model.save("model-bw-whole.h5")
