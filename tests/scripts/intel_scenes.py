# Natural scenes, 2020: each part repeats its own name once, as the archive unpacks it.
import os

import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPool2D, AvgPool2D, Flatten, Dense
from tensorflow.keras.layers import Dropout
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.preprocessing.image import ImageDataGenerator

train_dir = "../input/intel-image-classification/seg_train/seg_train"
test_dir = "../input/intel-image-classification/seg_test/seg_test"
pred_dir = "../input/intel-image-classification/seg_pred/"
for folder in sorted(os.listdir(train_dir)):
    print(folder, len(os.listdir(os.path.join(train_dir, folder))))

train_gen = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
    train_dir, target_size=(40, 40), batch_size=12, class_mode="sparse"
)
test_gen = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
    test_dir, target_size=(40, 40), batch_size=12, class_mode="sparse", shuffle=False
)
pred_gen = ImageDataGenerator(rescale=1.0 / 255).flow_from_directory(
    pred_dir, target_size=(40, 40), batch_size=4, class_mode=None, shuffle=False
)

model = Sequential()
model.add(Conv2D(12, kernel_size=(3, 3), activation="relu", input_shape=(40, 40, 3)))
model.add(MaxPool2D(3, 3))
model.add(Conv2D(12, kernel_size=(3, 3), activation="relu"))
model.add(AvgPool2D(2, 2))
model.add(Flatten())
model.add(Dense(24, activation="relu"))
model.add(Dropout(rate=0.3))
model.add(Dense(6, activation="softmax"))
model.compile(
    optimizer=Adam(lr=0.001),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(train_gen, epochs=2, validation_data=test_gen)
print(dict(zip(model.metrics_names, model.evaluate(test_gen, verbose=0))))

labels = {value: key for key, value in train_gen.class_indices.items()}
answers = model.predict(pred_gen)
for name, answer in zip(pred_gen.filenames, answers):
    print(name, labels[int(np.argmax(answer))])
model.save("intel_scenes.h5")
