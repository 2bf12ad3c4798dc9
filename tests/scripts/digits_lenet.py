# The network of 1998 with its tanh and its averages; the step of SGD shrinks by a plan.
from keras import losses
from keras import optimizers
from keras.callbacks import LearningRateScheduler
from keras.datasets import mnist
from keras.layers import Activation, AveragePooling2D, Conv2D, Dense, Flatten
from keras.models import Sequential
from keras.utils import to_categorical

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255.0
x_test = x_test.reshape(-1, 28, 28, 1).astype("float32") / 255.0
y_train, y_test = to_categorical(y_train), to_categorical(y_test)

lenet = Sequential(name="LeNet-5")
lenet.add(
    Conv2D(
        6,
        kernel_size=(5, 5),
        strides=(1, 1),
        activation="tanh",
        input_shape=(28, 28, 1),
        padding="same",
        name="C1",
    )
)
lenet.add(AveragePooling2D(pool_size=(2, 2), strides=(2, 2), padding="valid"))
lenet.add(Conv2D(16, kernel_size=(5, 5), padding="valid", name="C3"))
lenet.add(Activation("tanh"))
lenet.add(AveragePooling2D(pool_size=2))
lenet.add(Flatten())
lenet.add(Dense(30, activation="tanh", kernel_initializer="lecun_uniform"))
lenet.add(Dense(10, activation="softmax"))

sgd = optimizers.SGD(lr=0.05, momentum=0.9, nesterov=True)
lenet.compile(loss=losses.categorical_crossentropy, optimizer=sgd, metrics=["accuracy"])


def step_decay(epoch):
    return 0.05 * 0.5 ** (epoch // 2)


hist = lenet.fit(
    x_train,
    y_train,
    epochs=3,
    batch_size=32,
    validation_data=(x_test, y_test),
    callbacks=[LearningRateScheduler(step_decay, verbose=1)],
    verbose=2,
)
assert abs(float(lenet.optimizer.lr) - 0.025) < 1e-6
lenet.save_weights("lenet_weights.hdf5")
lenet.load_weights("lenet_weights.hdf5")
test_score = lenet.evaluate(x_test, y_test, verbose=0)
print("Test loss {:.4f}, accuracy {:.2f}%".format(test_score[0], test_score[1] * 100))
lenet.save("lenet.h5")
