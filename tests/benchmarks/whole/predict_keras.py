"""Who is it? python predict_keras.py MODEL PHOTO; without a MODEL yet, makes one."""

import sys
from pathlib import Path

import numpy as np
from keras.models import load_model
from keras.preprocessing import image

model_path, photo_path = sys.argv[1:]
if not Path(model_path).exists():
    HERE = Path(__file__).parent
    sys.path[:0] = [str(HERE.parent), str(HERE.parent / "peers")]
    from keras_peer import model_of

    model_of("tutorial").save(model_path)
classifier = load_model(model_path)
photo = image.img_to_array(image.load_img(photo_path, target_size=(64, 64))) / 255
answer = classifier.predict(np.expand_dims(photo, axis=0), verbose=0)
sys.stdout.write(f"{answer[0][0]}\n")
