"""tf.data.Dataset: each step against a loop, and networks that learn from data sets."""

from collections import Counter

import numpy as np
import pytest

import tinycnn as tf
from tinycnn import Sequential, layers
from tinycnn.batches import Pipeline

X = np.random.default_rng(1).random((10, 4, 5, 1), np.float32)
Y = np.arange(10) % 3


def numbers(dataset):
    return [np.asarray(element).tolist() for element in dataset]


def model():
    made = Sequential([layers.Flatten(input_shape=(4, 5, 1)), layers.Dense(3)])
    loss = tf.losses.SparseCategoricalCrossentropy(from_logits=True)
    made.compile("sgd", loss, metrics=["accuracy"])
    return made


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (lambda d: d, [0, 1, 2, 3, 4]),
        (lambda d: d.take(2), [0, 1]),
        (lambda d: d.take(-1), [0, 1, 2, 3, 4]),
        (lambda d: d.skip(3), [3, 4]),
        (lambda d: d.shard(2, 1), [1, 3]),
        (lambda d: d.map(lambda x: x * x), [0, 1, 4, 9, 16]),
        (lambda d: d.filter(lambda x: x % 2 == 0), [0, 2, 4]),
        (lambda d: d.batch(2), [[0, 1], [2, 3], [4]]),
        (lambda d: d.batch(2, drop_remainder=True), [[0, 1], [2, 3]]),
        (lambda d: d.batch(2).unbatch(), [0, 1, 2, 3, 4]),
        (lambda d: d.repeat(2), [0, 1, 2, 3, 4] * 2),
        (lambda d: d.repeat().take(7), [0, 1, 2, 3, 4, 0, 1]),
        (lambda d: d.concatenate(d.take(1)), [0, 1, 2, 3, 4, 0]),
        (lambda d: d.cache().prefetch(tf.data.AUTOTUNE), [0, 1, 2, 3, 4]),
        (lambda d: d.apply(lambda one: one.skip(4)), [4]),
    ],
)
def test_a_step_gives_the_elements_of_tensorflow(made, wanted):
    dataset = made(tf.data.Dataset.range(5))
    assert numbers(dataset) == numbers(dataset) == wanted
    assert dataset.count in (-2, len(wanted))


def test_elements_have_the_structure_of_what_they_are_made_of():
    dataset = Pipeline.from_tensor_slices({"x": X, "y": (Y, -Y)}).batch(4)
    first = next(iter(dataset))
    np.testing.assert_array_equal(first["x"], X[:4])
    np.testing.assert_array_equal(first["y"][1].numpy(), -Y[:4])
    pairs = Pipeline.zip((Pipeline.range(3), Pipeline.range(7, 9)))
    assert [(int(a), int(b)) for a, b in pairs] == [(0, 7), (1, 8)]
    assert len(pairs) == 2
    assert [int(i) for i, _ in pairs.enumerate(5)] == [5, 6]
    assert numbers(Pipeline.from_tensors(Y)) == [Y.tolist()]
    made = Pipeline.from_generator(lambda: iter([1, 2]), output_types=tf.int32)
    assert numbers(made) == numbers(made) == [1, 2]
    assert all(type(x) is np.int64 for x in Pipeline.range(2).as_numpy_iterator())


def test_a_shuffle_keeps_every_element_and_has_another_order_each_time():
    dataset = Pipeline.range(50).shuffle(50, seed=3)
    first, second = numbers(dataset), numbers(dataset)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert first == numbers(Pipeline.range(50).shuffle(50, seed=3))
    still = Pipeline.range(50).shuffle(50, 3, reshuffle_each_iteration=False)
    assert numbers(still) == numbers(still) == first


def test_a_small_buffer_moves_no_element_to_the_front_by_more_than_its_size():
    order = numbers(Pipeline.range(200).shuffle(5))
    assert max(value - place for place, value in enumerate(order)) <= 5
    firsts = Counter(
        numbers(Pipeline.range(9).shuffle(3, seed=s))[0] for s in range(99)
    )
    assert set(firsts) == {0, 1, 2}


def test_a_cache_keeps_what_a_random_map_made():
    rng = np.random.default_rng(0)
    drawn = Pipeline.range(4).map(lambda x: x + rng.random())
    assert numbers(drawn) != numbers(drawn)
    kept = drawn.cache()
    next(iter(kept))  # a pass that is not whole is not kept
    assert numbers(kept) == numbers(kept)


def test_files_are_listed_in_order_or_shuffled(tmp_path):
    for name in "bca":
        (tmp_path / f"{name}.txt").write_text(name)
    pattern = str(tmp_path / "*.txt")
    found = list(Pipeline.list_files(pattern, shuffle=False))
    assert found == sorted(map(str, tmp_path.glob("*")))
    assert sorted(Pipeline.list_files(pattern)) == found
    read = Pipeline.list_files(pattern, shuffle=False).map(tf.io.read_file)
    assert [bytes(np.asarray(one)[()]) for one in read] == [b"a", b"b", b"c"]
    with pytest.raises(ValueError, match="no file matches"):
        Pipeline.list_files(str(tmp_path / "*.png"))


def test_the_length_is_that_of_a_pass_or_a_word_why_not():
    dataset = Pipeline.range(7)
    assert len(dataset.batch(3)) == dataset.batch(3).cardinality().numpy() == 3
    assert tf.data.experimental.cardinality(dataset).numpy() == 7
    assert repr(dataset.batch(3)) == "Pipeline(3 batches)"
    for endless, why in ((dataset.repeat(), "no end"), (dataset.filter(bool), "pass")):
        assert bool(endless)
        with pytest.raises(TypeError, match=why):
            len(endless)


def test_a_network_learns_the_same_from_a_data_set_as_from_arrays():
    ours, theirs = model(), model()
    dataset = tf.data.Dataset.from_tensor_slices((X, Y)).batch(4)
    ours.fit(dataset, epochs=3, validation_data=dataset, verbose=0)
    theirs.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert ours.evaluate(dataset, verbose=0) == pytest.approx(
        theirs.evaluate(X, Y, verbose=0)
    )
    np.testing.assert_array_equal(ours.predict(dataset), ours.predict(X, batch_size=4))
    photos = tf.data.Dataset.from_tensor_slices(X).batch(3)
    np.testing.assert_allclose(ours.predict(photos), ours.predict(X), rtol=1e-6)


def test_steps_of_an_endless_data_set_and_validation_from_its_beginning():
    seen = []
    endless = Pipeline.from_tensor_slices((X, Y)).batch(5).repeat()
    watched = endless.map(lambda x, y: (seen.append(float(x[0, 0, 0, 0])), (x, y))[1])
    made = model()
    made.fit(
        *(endless,),
        epochs=2,
        steps_per_epoch=3,
        validation_data=watched,
        validation_steps=1,
        verbose=0,
    )
    assert seen == [float(X[0, 0, 0, 0])] * 2
    assert len(made.predict(endless, steps=3)) == 15


@pytest.mark.parametrize("use", ["fit", "evaluate", "predict"])
def test_what_is_not_batched_or_has_no_end_is_refused(use):
    dataset = Pipeline.from_tensor_slices((X, Y))
    with pytest.raises(ValueError, match=r"write dataset\.batch\(32\)"):
        getattr(model(), use)(dataset)
    steps = "steps_per_epoch" if use == "fit" else "steps"
    with pytest.raises(ValueError, match=rf"because of repeat\(\): pass {steps}="):
        getattr(model(), use)(dataset.batch(2).repeat())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Pipeline.from_tensor_slices((X, Y[:3])), "arrays of one length"),
        (lambda: Pipeline.from_tensor_slices(np.float32(3)), "arrays of one length"),
        (lambda: Pipeline.range(3).batch(0), "batch_size should be a whole number"),
        (lambda: Pipeline.range(3).shuffle(0), "buffer_size should be a whole number"),
        (
            lambda: list(Pipeline.range(3).map(np.zeros).batch(3)),
            r"one shape, got \(0,\) and \(1,\)",
        ),
    ],
)
def test_a_wrong_step_is_an_error(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_folders_batches_are_joined_to_a_data_set():
    whole = Pipeline.of_batches([(X[:4], Y[:4]), (X[4:], Y[4:])])
    np.testing.assert_array_equal(
        np.concatenate([np.asarray(x) for x, _ in whole.unbatch().batch(3)]), X
    )
    assert len(Pipeline.zip(whole, [(X, Y)])) == 1


def test_a_data_set_without_a_batch_is_an_error_that_says_why():
    dataset = Pipeline.from_tensor_slices((X, Y)).batch(32, drop_remainder=True)
    with pytest.raises(
        ValueError, match=r"Pipeline\(0 batches\) has no batch: drop_rem"
    ):
        model().fit(dataset, verbose=0)
