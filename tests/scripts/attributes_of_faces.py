# Several yes-or-no questions about one photo: three sigmoids, the share of right ones.
import numpy as np
from tensorflow.keras.layers import Conv2D, Dense, GlobalAveragePooling2D
from tensorflow.keras.layers import Input, MaxPooling2D
from tensorflow.keras.models import Sequential

rng = np.random.default_rng(5)
attributes = rng.integers(0, 2, (60, 3))
photos = rng.random((60, 24, 20, 3)) * 0.3
for photo, (bright, striped, red) in zip(photos, attributes):
    photo += 0.3 * bright
    photo[::4] += 0.3 * striped
    photo[..., 0] += 0.3 * red

model = Sequential()
model.add(Input(shape=(24, 20, 3)))
model.add(Conv2D(8, 3, activation="relu"))
model.add(MaxPooling2D())
model.add(Conv2D(12, 3, activation="relu"))
model.add(GlobalAveragePooling2D())
model.add(Dense(16, activation="relu"))
model.add(Dense(3, activation="sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["binary_accuracy"])
history = model.fit(photos, attributes, epochs=3, batch_size=12, validation_split=0.2)

probabilities = model.predict(photos)
right = ((probabilities > 0.5) == attributes).mean()
loss, accuracy = model.evaluate(photos, attributes, verbose=0)
assert abs(accuracy - right) < 1e-6, (accuracy, right)
model.save("attributes.h5")
