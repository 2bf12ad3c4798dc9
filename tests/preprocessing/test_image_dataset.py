"""image_dataset_from_directory: the same photos as Keras, in batches of one pass."""

import numpy as np
import pytest
from test_directory_iterator import SIZE, draw, fill

from tinycnn.layers import Dense, Flatten
from tinycnn.models import Sequential
from tinycnn.preprocessing.image import image_dataset_from_directory
from tinycnn.preprocessing.photo_lists.photo_list import FolderError


def dataset(folder, **arguments):
    arguments = {"image_size": SIZE, "batch_size": 4, **arguments}
    return image_dataset_from_directory(folder, **arguments)


def test_batches_of_one_pass_with_values_up_to_255(tmp_path, capsys):
    pixels = fill(tmp_path, ant=3, bee=2)
    batches = dataset(tmp_path, shuffle=False)
    assert batches.class_names == ["ant", "bee"]
    assert len(batches) == batches.cardinality() == 2
    for _ in range(2):  # it can be iterated over again
        images, labels = zip(*batches, strict=True)
        np.testing.assert_array_equal(np.concatenate(images), pixels)
        assert np.concatenate(labels).tolist() == [0, 0, 0, 1, 1]
    assert images[0].dtype == np.float32
    assert type(images[0][0].numpy()) is np.ndarray
    assert batches.file_paths[-1] == str(tmp_path / "bee" / "001.png")
    assert capsys.readouterr().out == "Found 5 images belonging to 2 classes.\n"


@pytest.mark.parametrize(
    ("mode", "expected", "dtype"),
    [
        ("int", [0, 0, 1], np.int32),
        ("categorical", [[1, 0], [1, 0], [0, 1]], np.float32),
        ("binary", [[0], [0], [1]], np.float32),
    ],
)
def test_label_mode_decides_the_form_of_the_labels(tmp_path, mode, expected, dtype):
    fill(tmp_path, ant=2, bee=1)
    _, labels = next(iter(dataset(tmp_path, label_mode=mode, shuffle=False)))
    assert labels.tolist() == expected
    assert labels.dtype == dtype


def test_without_labels_the_folder_may_be_flat(tmp_path):
    pixels = [draw(tmp_path / f"{number}.png", number) for number in range(3)]
    (images,) = dataset(tmp_path, labels=None, shuffle=False, verbose=False)
    np.testing.assert_array_equal(images, pixels)


def test_each_pass_has_each_photo_in_another_order(tmp_path):
    fill(tmp_path, ant=6, bee=6)
    batches = dataset(tmp_path, seed=3)
    passes = [np.concatenate([x.numpy() for x, _ in batches]) for _ in range(2)]
    assert not np.array_equal(*passes)
    one, other = (np.sort(p.reshape(12, -1).sum(axis=1)) for p in passes)
    np.testing.assert_array_equal(one, other)


def test_the_split_is_that_of_keras(tmp_path):
    fill(tmp_path, ant=6, bee=4)
    files = [f"ant/{n:03}.png" for n in range(6)] + [
        f"bee/{n:03}.png" for n in range(4)
    ]
    np.random.RandomState(123).shuffle(files)  # as Keras's index_directory does
    arguments = {"validation_split": 0.35, "seed": 123}
    train = dataset(tmp_path, subset="training", **arguments)
    val = dataset(tmp_path, subset="validation", **arguments)
    assert set(val.filenames) == set(files[-3:])
    assert set(train.filenames) == set(files[:-3])
    both = dataset(tmp_path, subset="both", **arguments)
    assert [part.filenames for part in both] == [train.filenames, val.filenames]


def test_the_words_of_a_data_set(tmp_path):
    pixels = fill(tmp_path, ant=6, bee=4)
    batches = dataset(tmp_path, shuffle=False)
    assert batches.cache().shuffle(1000).prefetch(buffer_size=-1) is batches
    first = batches.take(1)
    assert (len(first), first.class_names) == (1, ["ant", "bee"])
    np.testing.assert_array_equal(next(iter(first))[0], pixels[:4])
    assert len(batches.take(-1)) == 3
    rest = batches.skip(1)
    np.testing.assert_array_equal(np.concatenate([x for x, _ in rest]), pixels[4:])
    halved = batches.map(lambda x, y: (x / 2, y), num_parallel_calls=-1)
    np.testing.assert_allclose(halved[2][0], pixels[8:] / 2)
    assert len(halved.prefetch(1)) == 3


def test_a_model_learns_from_it_and_predicts_in_file_order(tmp_path):
    fill(tmp_path, ant=6, bee=4)
    train, val = dataset(tmp_path, validation_split=0.4, subset="both", seed=1)
    model = Sequential([Flatten(input_shape=(*SIZE, 3)), Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(train, validation_data=val, epochs=2, verbose=0).history
    assert len(history["val_loss"]) == 2
    assert model.predict(val).shape == (4, 2)
    assert model.preprocessing.rescale is None
    model.fit(train.take(1), epochs=1, verbose=0)
    scaled = train.map(lambda x, y: (x / 255, y))
    model.fit(scaled, epochs=1, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"labels": [0, 1]}, "labels should be 'inferred' .* or None; for labels of"),
        ({"label_mode": "float"}, "label_mode should be 'int', .* got 'float'"),
        ({"subset": "training"}, "validation_split and subset belong together"),
        ({"validation_split": 0.5}, "validation_split and subset belong together"),
        ({"subset": "test", "validation_split": 0.5}, "subset should be one of"),
        (
            {"subset": "training", "validation_split": 0.01},
            "leaves photos on both sides, got 0.01 of 4 photos",
        ),
        ({"crop_to_aspect_ratio": True}, "photos are stretched to image_size"),
        ({"image_size": (4, 5, 3)}, "without the channels"),
    ],
)
def test_a_wrong_argument_is_an_error(tmp_path, arguments, message):
    fill(tmp_path, ant=2, bee=2)
    with pytest.raises(ValueError, match=message):
        dataset(tmp_path, **arguments)


def test_a_split_that_leaves_a_class_out_of_the_validation_warns(tmp_path):
    fill(tmp_path, ant=4, bee=2)
    message = "leaves no photo of ant for validation: use another seed"
    with pytest.warns(UserWarning, match=message):
        dataset(tmp_path, validation_split=0.2, subset="both", shuffle=False)


def test_a_split_that_leaves_a_class_out_is_an_error_that_names_it(tmp_path):
    fill(tmp_path, ant=4, bee=2)
    message = "leaves no photo of bee for training: use another seed"
    with pytest.raises(FolderError, match=message):
        dataset(tmp_path, validation_split=0.4, subset="both", shuffle=False)
