# Scans with and without a tumour: keras imported whole, every name reached through it.
import keras
import numpy as np

datagen = keras.preprocessing.image.ImageDataGenerator(
    rescale=1.0 / 255, validation_split=0.25, brightness_range=None
)
train = datagen.flow_from_directory(
    directory="brain_tumor_dataset",
    target_size=(40, 32),
    color_mode="rgb",
    classes=None,
    class_mode="binary",
    batch_size=6,
    shuffle=True,
    seed=None,
    save_to_dir=None,
    save_prefix="",
    follow_links=False,
    subset="training",
    interpolation="nearest",
)
valid = datagen.flow_from_directory(
    directory="brain_tumor_dataset",
    target_size=(40, 32),
    class_mode="binary",
    batch_size=6,
    subset="validation",
)

model = keras.models.Sequential(name="scans")
model.add(
    keras.layers.Conv2D(
        filters=8,
        kernel_size=(3, 3),
        strides=(1, 1),
        padding="valid",
        data_format=None,
        dilation_rate=(1, 1),
        activation=keras.activations.relu,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        input_shape=(40, 32, 3),
    )
)
model.add(keras.layers.MaxPooling2D(pool_size=(2, 2), strides=None, padding="valid"))
model.add(keras.layers.Conv2D(8, 3, activation=keras.activations.tanh))
model.add(keras.layers.MaxPooling2D())
model.add(keras.layers.Flatten(data_format=None))
model.add(keras.layers.Dropout(rate=0.5, noise_shape=None, seed=None))
model.add(keras.layers.Dense(units=1, activation=keras.activations.sigmoid))
model.compile(
    optimizer=keras.optimizers.Adadelta(),
    loss=keras.losses.binary_crossentropy,
    metrics=[keras.metrics.binary_accuracy],
    loss_weights=None,
    sample_weight_mode=None,
    weighted_metrics=None,
)
history = model.fit(
    train,
    epochs=2,
    verbose=1,
    callbacks=None,
    validation_data=valid,
    validation_steps=None,
    class_weight={0: 1.0, 1: 2.0},
    shuffle=True,
    initial_epoch=0,
    steps_per_epoch=None,
    max_queue_size=10,
    workers=1,
    use_multiprocessing=False,
)
print(model.evaluate(valid, batch_size=None, verbose=0, sample_weight=None, steps=None))
photo = keras.preprocessing.image.load_img(
    "brain_tumor_dataset/yes/yes.1.jpg", grayscale=False, target_size=(40, 32)
)
x = keras.preprocessing.image.img_to_array(photo)[np.newaxis] / 255
print(model.predict(x, batch_size=None, verbose=0, steps=None)[0, 0])
keras.models.save_model(model, "brain_scans.h5")
