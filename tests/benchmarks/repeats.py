"""What tinycnn and Keras both repeat: epochs of fit, passes over a folder."""

from time import perf_counter

from networks import photos_of


def epochs_of_fit(model, callback_class, network, batch, steps, shape=None):
    """One epoch of fit over arrays in memory: seconds per step."""

    class EpochClock(callback_class):
        def on_epoch_begin(self, epoch, logs=None):
            self.start = perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            self.seconds = perf_counter() - self.start

    clock = EpochClock()
    x, y = photos_of(network, batch * steps, shape)

    def repeat():
        model.fit(x, y, batch_size=batch, verbose=0, callbacks=[clock])
        return {"step": clock.seconds / steps}

    return repeat


def passes_of_folder(generator_class, path, size):
    """The first pass over a folder, with its opening, and the second: s per photo."""
    generator = generator_class(
        rescale=1.0 / 255, shear_range=10, zoom_range=0.2, horizontal_flip=True
    )

    def repeat():
        start = perf_counter()
        batches = generator.flow_from_directory(
            path, target_size=(size, size), batch_size=32, class_mode="binary"
        )
        seconds = []
        for _ in range(2):
            for _ in range(len(batches)):
                next(batches)
            seconds.append(perf_counter() - start)
            start = perf_counter()
        first, later = (s / batches.samples for s in seconds)
        return {"first": first, "later": later}

    return repeat
