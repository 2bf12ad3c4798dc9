"""Each row of the tables of words: translated, accepted, or refused by name."""

import inspect
import subprocess
import sys
import warnings

import numpy as np
import pytest

from tinycnn import Sequential
from tinycnn.callbacks import (
    Callback,
    EarlyStopping,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from tinycnn.keras import activations, words
from tinycnn.keras.convolution import Convolution2D
from tinycnn.keras.inputs import Input, InputLayer
from tinycnn.keras.words import KerasWordWarning, Words, say_once, spelled, translate
from tinycnn.layers import (
    Activation,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPooling2D,
    ReLU,
)
from tinycnn.optimizers import SGD, Adam, Optimizer
from tinycnn.preprocessing.image import ImageDataGenerator, img_to_array, load_img

FIT, LAYER = words.FIT_WORDS, words.LAYER_WORDS
TABLES = {
    name: table for name, table in vars(words).items() if isinstance(table, Words)
}


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(words, "_said", set())


def rows(kind):
    return [
        pytest.param(table, word, row, id=f"{name}-{word}")
        for name, table in TABLES.items()
        for word, row in getattr(table, kind).items()
    ]


def having(*names):
    """A function with these arguments."""

    def where():
        raise AssertionError

    where.__signature__ = inspect.Signature(
        [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in names]
    )
    return where


# -- the tables, row by row ----------------------------------------------------------


@pytest.mark.parametrize(("table", "old", "new"), rows("renamed"))
def test_an_old_word_is_translated_with_one_line(table, old, new):
    with pytest.warns(KerasWordWarning, match=rf"^where: {old}= is {new}= today$"):
        assert translate(having(new), {old: "x"}, table) == {new: "x"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the second time nothing is said
        translate(having(new), {old: "x"}, table)
        assert translate(having(new), {new: "x"}, table) == {new: "x"}


@pytest.mark.parametrize(("table", "old", "new"), rows("renamed"))
def test_an_old_word_beside_its_new_one_is_refused(table, old, new):
    with pytest.warns(KerasWordWarning), pytest.raises(TypeError, match=old):
        translate(having(new), {old: 1, new: 2}, table)


@pytest.mark.parametrize(("table", "word", "values"), rows("neutral"))
def test_a_neutral_value_is_accepted_in_silence(table, word, values):
    for value in values:
        assert translate(having(), {word: value}, table) == {}


@pytest.mark.parametrize(("table", "word", "line"), rows("noted"))
def test_a_word_without_effect_is_accepted_with_one_line(table, word, line):
    with pytest.warns(KerasWordWarning) as said:
        assert translate(having(), {word: 1234}, table) == {}
        assert translate(having(), {word: 1234}, table) == {}
    assert [str(one.message) for one in said] == [f"where({word}=1234): {line}"]


@pytest.mark.parametrize(("table", "word", "way"), rows("refused"))
def test_a_value_that_asks_for_something_is_refused_with_the_way_out(table, word, way):
    with pytest.raises(TypeError) as caught:
        translate(having(), {word: "what asks for something"}, table)
    assert str(caught.value).startswith(f"where has no argument '{word}': ")
    assert way in str(caught.value)


@pytest.mark.parametrize(("table", "word", "way"), rows("refused"))
def test_an_argument_of_the_function_never_reaches_the_tables(table, word, way):
    assert translate(having(word), {word: "mine"}, table) == {word: "mine"}


@pytest.mark.parametrize(("table", "word", "values"), rows("default"))
def test_some_values_stand_for_the_default(table, word, values):
    for value in values:
        assert translate(having(word), {word: value}, table) == {}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_neutral_word_that_can_ask_for_something_is_refused_then(name):
    """No word is accepted with one value and unknown with another."""
    table = TABLES[name]
    for word, values in table.neutral.items():
        if words.ANYTHING not in values and word not in table.noted:
            with pytest.raises(TypeError, match=f"where has no argument '{word}': "):
                translate(having(), {word: object()}, table)


@pytest.mark.parametrize(("old", "new"), words.INIT_VALUES.items())
def test_keras_1_names_of_initialisers_are_translated(old, new):
    with pytest.warns(KerasWordWarning, match="init= is kernel_initializer="):
        today = translate(having("kernel_initializer"), {"init": old}, LAYER)
    assert today == {"kernel_initializer": new}


@pytest.mark.parametrize(
    ("word", "old", "new"),
    [(w, old, new) for w, row in words.VALUES.items() for old, new in row.items()],
)
def test_values_in_other_letters_are_the_same(word, old, new):
    assert translate(having(word), {word: old}, Words()) == {word: new}


def test_an_array_is_not_a_neutral_value():
    with pytest.raises(TypeError, match="'sample_weight': class_weight weights whole"):
        translate(having(), {"sample_weight": np.ones(4)}, words.FIT_WORDS)


def test_an_unknown_word_is_answered_with_the_nearest():
    with pytest.raises(TypeError, match=r"'unitz': did you mean 'units'\?"):
        translate(having("units"), {"unitz": 3}, words.LAYER_WORDS)


# -- steps: floats, zeros, photos -----------------------------------------------------


@pytest.mark.parametrize("value", [250.0, np.float64(250), np.float32(250)])
def test_a_whole_float_of_steps_is_a_whole_number(value):
    today = translate(having("steps_per_epoch"), {"steps_per_epoch": value}, FIT)
    assert today == {"steps_per_epoch": 250}
    assert type(today["steps_per_epoch"]) is int


def test_a_float_of_steps_is_rounded_up_with_one_line():
    with pytest.warns(KerasWordWarning, match=r"_steps=62.5 is rounded up to 63"):
        today = translate(having("validation_steps"), {"validation_steps": 62.5}, FIT)
    assert today == {"validation_steps": 63}


def test_no_steps_of_validation_are_all_of_them():
    with pytest.warns(KerasWordWarning, match="_steps=0: all batches are used"):
        assert translate(having("validation_steps"), {"validation_steps": 0}, FIT) == {}


def test_photos_per_epoch_become_batches():
    class Source:
        batch_size = 32

    with pytest.warns(KerasWordWarning, match="counts batches, here 63 of 32"):
        today = translate(
            having("x", "steps_per_epoch"),
            {"x": Source, "samples_per_epoch": 2000},
            FIT,
        )
    assert today == {"x": Source, "steps_per_epoch": 63}


def test_photos_per_epoch_need_a_source_that_says_its_batch():
    with pytest.raises(TypeError, match="write steps_per_epoch=photos // photos in a"):
        translate(
            having("x", "steps_per_epoch"), {"x": iter([]), "samples_per_epoch": 5}, FIT
        )


# -- calls as scripts write them ------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "today"),
    [
        (lambda: Dense(output_dim=128), Dense(128)),
        (lambda: Dense(output_dim=4, init="ones"), Dense(4, None, None, "ones")),
        (lambda: Conv2D(32, 3, border_mode="same"), Conv2D(32, 3, padding="same")),
        (lambda: Conv2D(32, (3, 3), padding="Same"), Conv2D(32, 3, padding="same")),
        (lambda: Conv2D(nb_filter=8, nb_row=3, nb_col=5), Conv2D(8, (3, 5))),
        (lambda: Conv2D(8, 3, subsample=(2, 2)), Conv2D(8, 3, strides=2)),
        (lambda: Convolution2D(32, 3, 5), Conv2D(32, (3, 5))),
        (lambda: Convolution2D(32, (3, 3)), Conv2D(32, 3)),
        (lambda: Convolution2D(8, 3, 3, dim_ordering="tf"), Conv2D(8, 3)),
        (lambda: Dropout(p=0.25), Dropout(0.25)),
        (lambda: MaxPooling2D(border_mode="same"), MaxPooling2D(padding="same")),
        (lambda: Activation(activation="relu"), ReLU()),
        (lambda: Activation("relu", name="a"), ReLU()),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::tinycnn.keras.words.KerasWordWarning")
def test_an_old_call_makes_the_layer_of_today(old, today):
    assert repr(old()) == repr(today)


def test_input_dim_and_batch_input_shape_are_input_shape():
    assert Dense(4, input_dim=20).input_shape == (20,)
    assert Conv2D(4, 3, batch_input_shape=(None, 8, 9, 3)).input_shape == (8, 9, 3)


def test_a_layer_keeps_its_name():
    assert Conv2D(4, 3, name="conv1").name == "conv1"
    assert Flatten(name="f").name == "f"
    assert Dense(3).name is None


def test_conv2d_with_three_numbers_has_a_stride_and_says_so():
    with pytest.warns(
        KerasWordWarning, match=r"strides=3; for a 3x3 kernel write Conv2D"
    ):
        layer = Conv2D(32, 3, 3)
    assert (layer.kernel_size, layer.strides) == ((3, 3), (3, 3))


def test_a_layer_of_ones_own_takes_todays_words_too():
    class Mine(Layer):
        def __init__(self, units, **others):
            super().__init__(**others)
            self.units = units

    with pytest.warns(KerasWordWarning, match="Mine: output_dim= is units= today"):
        assert Mine(output_dim=3, input_dim=5).units == 3


OWN = {
    "alpha": 0.25,
    "seed": 3,
    "options": {"a": 1},
    "baseline": 7,
    "decay": None,
    "units": activations.relu,
    "name": None,
    "batch_size": None,
    "workers": 2,
    "kernel_size": 2.5,
    "init": "uniform",
}


@pytest.mark.parametrize(
    "base", [Layer, Dense, Optimizer, SGD, EarlyStopping, Callback]
)
def test_a_class_of_ones_own_is_given_all_its_keywords(base):
    class Mine(base):
        def __init__(self, **mine):
            self.mine = mine

    class Second(Mine):
        pass

    class Third(Mine):
        def __init__(self, first, **others):
            self.first = first
            super().__init__(**others)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Mine(**OWN).mine == OWN
        assert Second(**OWN).mine == OWN
        third = Third(None, **OWN)
    assert third.mine == OWN
    assert third.first is None


def test_what_a_class_of_ones_own_hands_on_is_translated_or_refused():
    class Mine(Dense):
        def __init__(self, dtype="float32", **others):
            super().__init__(4, dtype=dtype, **others)

    assert Mine(input_dim=3, name="mine").input_shape == (3,)
    assert Mine(trainable=False).trainable is False
    with pytest.raises(TypeError, match="Mine has no argument 'dtype': networks are"):
        Mine("float16")
    with pytest.raises(TypeError, match="Mine has no argument 'lunch'"):
        Mine(lunch=1)


@pytest.mark.parametrize("make", [Flatten, lambda **k: Dense(3, **k), MaxPooling2D])
def test_a_layer_is_made_frozen(make):
    assert make(trainable=False).trainable is False
    assert make(trainable=True).trainable is True


def test_options_of_an_optimizer_of_ones_own_are_taken_by_name():
    class Mine(Optimizer):
        def __init__(self, learning_rate=0.5, name="Mine", **options):
            super().__init__(learning_rate, name=name, **options)

    assert Mine(clipnorm=1.5, weight_decay=None).limits == {"clipnorm": 1.5}
    with pytest.raises(TypeError, match="Mine has no argument 'lunch'"):
        Mine(lunch=1)


def test_words_of_optimizers():
    with pytest.warns(KerasWordWarning, match="Adam: lr= is learning_rate= today"):
        assert (
            Adam(lr=0.25, decay=0.0, amsgrad=False, clipnorm=None).learning_rate == 0.25
        )
    with pytest.warns(KerasWordWarning, match="SGD: lr= is learning_rate= today"):
        assert SGD(lr=0.5, momentum=0.9, nesterov=False).momentum == 0.9


def test_the_signature_stays_the_one_to_read():
    assert list(inspect.signature(Dense).parameters)[:2] == ["units", "activation"]
    assert list(inspect.signature(Sequential.fit).parameters)[:3] == ["self", "x", "y"]


def digits():
    x = np.random.default_rng(0).random((20, 6, 5, 1), dtype=np.float32)
    return x, np.arange(20) % 2


def model():
    made = Sequential([Input(shape=(6, 5, 1)), Flatten(), Dense(1, "sigmoid")])
    made.compile("adam", "binary_crossentropy", ["accuracy"])
    return made


def test_fit_and_evaluate_take_what_changes_nothing():
    x, y = digits()
    one, other = model(), model()
    one.fit(x, y, epochs=2, verbose=0)
    with pytest.warns(KerasWordWarning, match="fit: nb_epoch= is epochs= today"):
        silent = {"batch_size": None, "workers": 4, "use_multiprocessing": True}
        silent |= {"max_queue_size": 10, "sample_weight": None}
        other.fit(x, y, nb_epoch=2, verbose=0, **silent)
    answers = one.evaluate(x, y, verbose=0)
    assert other.evaluate(x, y, verbose=0, sample_weight=None, workers=2) == answers
    assert (other.predict(x, batch_size=None, steps=None) == one.predict(x)).all()


def test_fit_generator_of_keras_1():
    x, y = digits()
    source = ImageDataGenerator().flow(x, y, batch_size=5)
    one, other = model(), model()
    one.fit(source, epochs=2, steps_per_epoch=4, verbose=0)
    source = ImageDataGenerator().flow(x, y, batch_size=5)
    with pytest.warns(KerasWordWarning):
        other.fit_generator(
            generator=source, samples_per_epoch=20, nb_epoch=2, verbose=0
        )
    assert (one.predict(x) == other.predict(x)).all()


def test_fit_generator_takes_steps_and_epochs_in_keras_order():
    x, y = digits()
    source = ImageDataGenerator().flow(x, y, batch_size=5)
    history = model().fit_generator(source, 2, 3, 0)
    assert len(history.history["loss"]) == 3


@pytest.mark.parametrize(
    "arguments",
    [
        {"featurewise_center": False, "samplewise_center": False, "zca_epsilon": 1e-6},
        {"cval": 0.0, "channel_shift_range": 0.0, "brightness_range": None},
        {"preprocessing_function": None, "data_format": None, "dtype": "float32"},
    ],
)
def test_the_example_of_keras_documentation_is_a_generator(arguments):
    assert ImageDataGenerator(rescale=0.5, **arguments).rescale == 0.5


def test_callbacks_take_what_changes_nothing():
    ModelCheckpoint(
        "m.safetensors", save_weights_only=False, period=1, save_freq="epoch"
    )
    assert EarlyStopping(patience=3, baseline=None, start_from_epoch=0).patience == 3


def test_a_photo_read_in_keras_words_is_the_same(tmp_path):
    from PIL import Image

    Image.new("RGB", (4, 3), (200, 10, 10)).save(tmp_path / "a.png")
    photo = load_img(tmp_path / "a.png", grayscale=True, keep_aspect_ratio=False)
    assert img_to_array(photo, data_format="channels_last").shape == (3, 4, 1)


# -- Input, input_shape ---------------------------------------------------------------


@pytest.mark.parametrize(
    "first", [Input((6, 5, 2)), Input(shape=(6, 5, 2), batch_size=None, name="in",
              dtype="float32"), InputLayer(input_shape=(6, 5, 2))],
)  # fmt: skip
def test_an_input_before_the_layers_is_the_shape_of_the_photos(first):
    made = Sequential([first, Conv2D(3, 2), Flatten(), Dense(1)])
    assert [type(layer).__name__ for layer in made.layers] == [
        "Conv2D",
        "Flatten",
        "Dense",
    ]
    assert made.input_shape == (6, 5, 2)
    other = Sequential([Conv2D(3, 2, input_shape=(6, 5, 2)), Flatten(), Dense(1)])
    assert all((made.params[name] == other.params[name]).all() for name in other.params)


def test_an_input_after_a_layer_is_refused():
    with pytest.raises(ValueError, match="should stand before the first layer"):
        Sequential([Flatten(), Input(shape=(3,))])


def test_an_input_without_a_shape_is_refused():
    with pytest.raises(ValueError, match=r"Input should be given shape=\(rows"):
        Input()


def test_input_shape_of_a_later_layer_does_not_count_and_one_line_says_so():
    with pytest.warns(KerasWordWarning, match=r"input_shape=\(20, 20, 1\) of layer 2"):
        made = Sequential(
            [
                Conv2D(4, 3, input_shape=(20, 20, 1)),
                MaxPooling2D(2),
                Conv2D(8, 3, input_shape=(20, 20, 1)),
            ]
        )
    assert made.layers[2].input_shape == (9, 9, 4)


def test_the_same_input_shape_on_a_later_layer_is_silent():
    Sequential([Dense(4, input_shape=(3,)), Dense(2, input_shape=(4,))])


def test_a_sequential_has_a_name():
    assert Sequential(name="cnn").name == "cnn"
    assert Sequential([Flatten()], "cnn").name == "cnn"


def test_build_takes_keras_batch_axis():
    made = Sequential([Conv2D(4, 3)])
    made.build((None, 8, 9, 3))
    assert made.output_shape == (6, 7, 4)


# -- the line itself ------------------------------------------------------------------


def test_the_line_names_the_line_of_the_script():
    with pytest.warns(KerasWordWarning) as said:
        Dense(output_dim=3)
    assert said[0].filename == __file__


def test_as_an_error_the_line_is_raised_every_time():
    with warnings.catch_warnings():
        warnings.simplefilter("error", KerasWordWarning)
        for _ in range(2):
            with pytest.raises(KerasWordWarning, match="twice"):
                say_once("twice")


def test_python_can_turn_the_line_into_an_error():
    program = "from tinycnn.layers import Dense; Dense(output_dim=3)"
    # By the class's own name it cannot be: Python reads -W before NumPy is found.
    run = [sys.executable, "-Werror::UserWarning", "-c", program]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "KerasWordWarning: Dense: output_dim= is units= today" in done.stderr


def test_too_many_arguments_get_pythons_own_message():
    @spelled(words.LAYER_WORDS)
    def one(x):
        return x

    with pytest.raises(TypeError, match="takes 1 positional argument but 2 were given"):
        one(1, 2)
    with pytest.raises(TypeError, match="multiple values for argument 'x'"):
        one(1, x=2)


def test_the_colour_of_a_border_counts_only_where_there_is_one():
    ImageDataGenerator(cval=255, fill_mode="nearest")
    ImageDataGenerator(cval=125)
    with pytest.raises(TypeError, match="has no argument 'cval'"):
        ImageDataGenerator(cval=255, fill_mode="constant")


def test_reduce_lr_on_plateau_had_epsilon(monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    with pytest.warns(KerasWordWarning, match="epsilon= is min_delta= today"):
        old = ReduceLROnPlateau(epsilon=0.02)
    assert vars(old) == vars(ReduceLROnPlateau(min_delta=0.02))
