"""Each row of the tables of names: the same object, or an error with the way out."""

import importlib
import re
import subprocess
import sys
from importlib import import_module
from importlib.machinery import PathFinder

import pytest

import tinycnn
from tinycnn.keras import names, words
from tinycnn.keras.names import (
    ABSENT,
    ABSENT_MODULES,
    ALIASES,
    INSIDE,
    MODULES,
    NAMES_IN,
    module_of_today,
)

ALIAS_ROWS = [(m, n, target) for m, row in ALIASES.items() for n, target in row.items()]
ABSENT_ROWS = [(m, n, way) for m, row in ABSENT.items() for n, way in row.items()]


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch):
    monkeypatch.setattr(words, "_said", set())


def imported(module, name):
    """What `from module import name` gives."""
    scope = {}
    exec(f"from {module} import {name} as found", scope)
    return scope["found"]


def here(module, name):
    """Whether a module has the name itself, so that its row waits for nothing."""
    return name in vars(importlib.import_module(module))


@pytest.mark.parametrize(("module", "name", "target"), ALIAS_ROWS)
def test_another_name_is_the_same_object(module, name, target):
    where, _, what = target.partition(":")
    owner = importlib.import_module(where)
    if not what:
        assert imported(module, name) is owner
    elif hasattr(owner, what):
        assert imported(module, name) is getattr(owner, what)
        assert getattr(importlib.import_module(module), name) is getattr(owner, what)
    else:  # a name for what tinycnn does not have
        with pytest.raises(ImportError, match=f"tinycnn has no .*{what}"):
            imported(module, name)


def is_refused_when_used(stand_in, way):
    """Whether each use of what is not here says what to do instead."""
    uses = [
        lambda: stand_in(3, units=4),
        lambda: type("Mine", (stand_in,), {}),
        lambda: tinycnn.Sequential().compile("adam", stand_in),
        lambda: tinycnn.Sequential().compile("adam", "mse", metrics=["acc", stand_in]),
        lambda: tinycnn.Sequential().add(stand_in),
    ]
    for use in uses:
        with pytest.raises(TypeError) as caught:
            use()
        assert "tinycnn has no " in str(caught.value)
        assert way in str(caught.value)
    with pytest.raises(AttributeError) as caught:
        stand_in.get_config()
    assert way in str(caught.value)
    return True


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("module", "name", "way"), ABSENT_ROWS)
def test_a_name_that_is_not_here_is_imported_and_refused_when_it_is_used(
    module, name, way
):
    if here(module, name):
        return
    if f"{module}.{name}" in ABSENT_MODULES:
        assert isinstance(imported(module, name), names.AbsentModule)
        return
    if ALIASES.get(module, {}).get(name):
        way = "tinycnn has no"
    stand_in = imported(module, name)
    assert stand_in is imported(module, name)
    assert stand_in is getattr(importlib.import_module(module), name)
    assert is_refused_when_used(stand_in, way)
    assert not isinstance(3, stand_in)
    assert not hasattr(stand_in, "__wrapped__")


WORDS = [one for one in vars(words).values() if isinstance(one, words.Words)]
WAYS = {way for _, _, way in ABSENT_ROWS} | {*ABSENT_MODULES.values()}
WAYS |= {*words.METHOD_WORDS.values()} | {w for o in WORDS for w in o.refused.values()}
FUNCTIONS = [
    name
    for way in sorted(WAYS)
    for name in re.findall(
        r"(?:datasets|figures|losses|models|optimizers)\.[\w.]+\w", way
    )
]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_way_out_names_is_there(name):
    room, *parts = name.split(".")
    found = import_module(f"tinycnn.{room}")
    for part in parts:
        found = getattr(found, part)
    assert not isinstance(found, (names.NotHere, names.AbsentModule))


@pytest.mark.parametrize(("old", "today"), MODULES.items())
def test_an_old_module_is_the_module_of_today(old, today):
    for name in (old, *(old.replace("tinycnn", f"tinycnn{p}", 1) for p in PREFIXES)):
        assert importlib.import_module(name) is importlib.import_module(today)


PREFIXES = (".keras", ".python.keras", ".compat.v1.keras")
ROOMS = (
    "layers models optimizers losses metrics callbacks datasets preprocessing "
    "preprocessing.image initializers datasets.mnist"
).split()


@pytest.mark.parametrize("room", ROOMS)
def test_keras_hands_on_tinycnns_own_rooms(room):
    own = importlib.import_module(f"tinycnn.{room}")
    spec = own.__spec__
    assert importlib.import_module(f"tinycnn.keras.{room}") is own
    assert importlib.import_module(f"tinycnn.python.keras.{room}") is own
    assert own.__spec__ is spec
    assert own.__name__ == f"tinycnn.{room}"


@pytest.mark.parametrize(
    "module",
    [
        "tinycnn.optimizers.rmsprop_v2",
        "tinycnn.optimizers.adam_v2",
        "tinycnn.optimizers.gradient_descent",
        "tinycnn.keras.optimizers.legacy",
    ],
)
def test_optimizers_of_old_modules(module):
    assert importlib.import_module(module) is tinycnn.optimizers


@pytest.mark.parametrize(("module", "way"), ABSENT_MODULES.items())
def test_a_module_that_is_not_here_has_a_way_out(module, way):
    if importlib.machinery.PathFinder.find_spec(module, tinycnn.__path__):
        return
    found = importlib.import_module(module)
    assert importlib.import_module(module.replace("tinycnn", "tinycnn.keras")) is found
    for top, row in NAMES_IN.items():
        if module.startswith(top):
            names_there = row.split()
            break
    else:
        names_there = ["anything"]
    for name in names_there:
        stand_in = imported(module, name)
        if not isinstance(stand_in, names.AbsentModule):  # imported as a module before
            assert is_refused_when_used(stand_in, way)
    below = importlib.import_module(f"{module}.{names_there[-1]}")
    assert isinstance(below, names.AbsentModule)
    assert not hasattr(found, "__wrapped__")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("from tinycnn.applications import VGG166", "'VGG166'; did you mean 'VGG16'"),
        ("from tinycnn.applications.vgg16 import VGG166", "did you mean 'VGG16'"),
        ("import tinycnn.applications.vgg166", "'vgg166'; did you mean 'vgg16'"),
        ("from tinycnn.constraints import maxnrom", "did you mean 'maxnorm'"),
        ("from tinycnn.preprocessing.text import Qqq", "cannot import name 'Qqq'"),
    ],
)
def test_a_name_that_keras_does_not_have_either_is_no_import(line, message):
    with pytest.raises(ImportError, match=message):
        exec(line, {})


def test_networks_of_others_are_reached_through_attributes_too():
    for way_there in (
        lambda: tinycnn.keras.applications.VGG16,
        lambda: tinycnn.keras.applications.vgg16.VGG16,
        lambda: tinycnn.applications.resnet50.preprocess_input,
    ):
        with pytest.raises((TypeError, AttributeError), match="no pretrained networks"):
            way_there()(weights="imagenet")


def test_modules_inside_a_room_are_reached_through_attributes():
    room = tinycnn.keras.layers
    assert room.experimental.preprocessing.Rescaling is room.Rescaling
    assert tinycnn.keras.optimizers.legacy.Adam is tinycnn.optimizers.Adam
    assert tinycnn.keras.preprocessing.image.load_img is not None


def test_a_misspelt_name_has_a_near_match():
    with pytest.raises(ImportError, match="'Denze'; did you mean 'Dense'"):
        imported("tinycnn.layers", "Denze")
    with pytest.raises(AttributeError, match="'Sequental'; did you mean 'Sequential'"):
        _ = tinycnn.Sequental
    with pytest.raises(AttributeError, match="'trian'; did you mean 'train'"):
        _ = tinycnn.trian
    with pytest.raises(AttributeError, match="'exprot'; did you mean 'export'"):
        _ = tinycnn.exprot


def test_a_name_like_no_other_keeps_pythons_message():
    with pytest.raises(ImportError, match=r"cannot import name 'qqq' from 'tinycnn.la"):
        imported("tinycnn.layers", "qqq")
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'tinycnn.qqq'"):
        importlib.import_module("tinycnn.qqq")
    assert not hasattr(tinycnn.layers, "qqq")
    assert not hasattr(tinycnn, "__wrapped__")


def test_model_names_what_looks_inside():
    for module in ("tinycnn", "tinycnn.models", "tinycnn.keras"):
        model = imported(module, "Model")
        with pytest.raises(TypeError, match=r"model.activations\(x\) returns"):
            model(inputs=1, outputs=2)
        with pytest.raises(TypeError, match="Model to inherit from"):
            type("Mine", (model,), {})


def test_keras_itself_is_a_module_of_tinycnns_names():
    from tinycnn import keras

    assert keras.Sequential is tinycnn.Sequential
    assert keras.layers is tinycnn.layers
    assert keras.__version__ == tinycnn.__version__
    assert keras.utils is tinycnn.utils
    assert isinstance(keras.applications, names.AbsentModule)


def test_import_tinycnn_as_tf():
    program = """
import tinycnn as tf
model = tf.keras.models.Sequential()
model.add(tf.keras.layers.Conv2D(4, 3, activation=tf.nn.relu, input_shape=(8, 8, 3)))
model.add(tf.keras.layers.MaxPool2D())
model.add(tf.keras.layers.Flatten())
model.add(tf.keras.layers.Dense(1, activation=tf.keras.activations.sigmoid))
model.compile(tf.keras.optimizers.Adam(), loss=tf.keras.losses.binary_crossentropy)
tf.random.set_seed(3)
assert tf.config.list_physical_devices("GPU") == []
assert not tf.test.is_gpu_available()
for gpu in tf.config.experimental.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(gpu, True)
tf.get_logger().setLevel("ERROR")
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
tf.logging.set_verbosity(tf.logging.ERROR)
import tinycnn.compat.v1 as old
assert old.keras is tf.keras and old.layers is tf.layers and tf.compat.v1 is old
print(tf.__version__, tf.data.AUTOTUNE, tf.keras.Sequential(seed=None).seed)
"""
    run = [sys.executable, "-Werror", "-c", program]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tinycnn.__version__} -1 3\n"


def test_a_name_of_tensorflow_that_is_not_here_is_named():
    with pytest.raises(AttributeError, match=r"tinycnn has no tf.config.get_lunch"):
        tinycnn.config.get_lunch()
    with pytest.raises(TypeError, match="layers have forward and backward"):
        tinycnn.GradientTape()


def test_the_tables_name_no_module_twice():
    assert not set(MODULES) & set(ABSENT_MODULES)
    assert names.way_out("tinycnn.layers", "Dense") is None


INSIDE_NAMES = [
    f"{room}.{name}" for room, names in INSIDE.items() for name in names.split()
]


@pytest.mark.parametrize("module", INSIDE_NAMES)
def test_a_module_inside_keras_is_the_room_today(module):
    room = module.rpartition(".")[0]
    today = import_module(MODULES.get(room, room))
    assert module_of_today(module) == today.__name__
    for below in ("", ".deeper", ".and.deeper"):
        assert module_of_today(f"{module}{below}") == today.__name__
        assert module_of_today(f"tinycnn.src.legacy.{module[8:]}{below}")
    # A file of the library's own is never another module.
    if room not in MODULES:
        assert not PathFinder.find_spec(module, today.__path__)


def test_modules_inside_keras_are_imported_in_a_fresh_process():
    code = (
        "from tinycnn.src.layers.core.dense import Dense\n"
        "from tinycnn.keras.src.callbacks.early_stopping import EarlyStopping\n"
        "from tinycnn.src.legacy.preprocessing.image import ImageDataGenerator\n"
        "from tinycnn.legacy.preprocessing.image import load_img\n"
        "from tinycnn.api.models import Sequential\n"
        "from tinycnn.keras.optimizers.optimizer_v2.adam import Adam\n"
        "from tinycnn.python.client import device_lib\n"
        "from tinycnn.layers.pooling import GlobalAveragePooling2D, MaxPool2D\n"
        "import tinycnn as tf\n"
        "assert Dense is tf.layers.Dense and Sequential is tf.keras.Sequential\n"
        "assert Adam is tf.optimizers.Adam and MaxPool2D is tf.layers.MaxPooling2D\n"
        "print(device_lib.list_local_devices())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "['CPU']"


def test_a_module_that_is_not_here_stays_so_below():
    recurrent = import_module("tinycnn.src.layers.recurrent")
    assert recurrent is import_module("tinycnn.layers.recurrent")
    with pytest.raises(TypeError, match=r"no layers\.recurrent\.LSTM: .*text and time"):
        recurrent.LSTM(3)
    with pytest.raises(ImportError):
        import_module("tinycnn.layers.dens")
