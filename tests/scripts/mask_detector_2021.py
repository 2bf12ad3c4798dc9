# With a mask or without, 2021: the history goes into save, one photo after another.
import numpy as np
import keras
from keras.layers import Conv2D, MaxPooling2D, Flatten, Dense
from keras.models import Sequential, load_model
from keras.preprocessing import image
from keras.preprocessing.image import ImageDataGenerator

model = Sequential()
model.add(Conv2D(8, (3, 3), activation="relu", input_shape=(40, 40, 3)))
model.add(MaxPooling2D())
model.add(Conv2D(8, (3, 3), activation="relu"))
model.add(MaxPooling2D())
model.add(Flatten())
model.add(Dense(24, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

train_datagen = ImageDataGenerator(
    rescale=1.0 / 255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True
)
test_datagen = ImageDataGenerator(rescale=1.0 / 255)
training_set = train_datagen.flow_from_directory(
    "train", target_size=(40, 40), batch_size=8, class_mode="binary"
)
test_set = test_datagen.flow_from_directory(
    "test", target_size=(40, 40), batch_size=8, class_mode="binary"
)
model_saved = model.fit_generator(training_set, epochs=2, validation_data=test_set)
model.save("mymodel.h5", model_saved)

mymodel = load_model("mymodel.h5")
test_image = image.load_img(r"test/with_mask/1-with-mask.jpg", target_size=(40, 40))
test_image = image.img_to_array(test_image) / 255
test_image = np.expand_dims(test_image, axis=0)
print(mymodel.predict(test_image)[0][0])
keras.backend.clear_session()
