"""Settings of TensorFlow that change nothing here, and star imports."""

import subprocess
import sys

import numpy as np
import pytest

import tinycnn as tf
from tinycnn.keras import backend as K
from tinycnn.keras import words
from tinycnn.keras.words import KerasWordWarning


def test_settings_of_sessions_are_accepted_and_said_once(monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    with pytest.warns(KerasWordWarning) as said:
        config = tf.ConfigProto(log_device_placement=True)
        config.gpu_options.allow_growth = True
        config.gpu_options.per_process_gpu_memory_fraction = 0.3
        session = tf.compat.v1.Session(config=config)
        K.set_session(session)
        K.get_session().run(tf.global_variables_initializer())
        with tf.Session() as inner, tf.get_default_graph().as_default():
            inner.run(tf.compat.v1.global_variables_initializer())
    assert [str(one.message) for one in said] == [
        "tinycnn computes on the processor, without sessions, graphs or graphics "
        "cards: their settings change nothing"
    ]
    assert config.gpu_options.allow_growth is True


@pytest.mark.filterwarnings("ignore::tinycnn.keras.words.KerasWordWarning")
def test_a_session_computes_nothing():
    with pytest.raises(RuntimeError, match=r"without sessions: model\.predict"):
        tf.Session().run(np.zeros(2))
    with pytest.raises(AttributeError):
        tf.ConfigProto().__array__  # noqa: B018


@pytest.mark.filterwarnings("ignore::tinycnn.keras.words.KerasWordWarning")
@pytest.mark.parametrize(
    "name", ["MirroredStrategy", "OneDeviceStrategy", "get_strategy"]
)
def test_a_strategy_has_one_device(name):
    strategy = getattr(tf.distribute, name)("/gpu:0")
    with strategy.scope():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    assert strategy.num_replicas_in_sync == 1
    assert model.count_params() == 3


def test_switches_and_policies(monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    tf.compat.v1.disable_eager_execution()
    tf.disable_v2_behavior()
    assert tf.executing_eagerly()
    tf.keras.mixed_precision.set_global_policy("float32")
    with pytest.warns(KerasWordWarning, match="also with 'mixed_float16'"):
        tf.keras.mixed_precision.set_global_policy("mixed_float16")


def test_which_device_computes_changes_nothing(monkeypatch):
    monkeypatch.setattr(words, "_said", set())
    tf.config.set_visible_devices([], "GPU")
    tf.config.run_functions_eagerly(True)
    tf.config.threading.set_intra_op_parallelism_threads(2)
    tf.config.experimental.enable_op_determinism()
    tf.config.optimizer.set_jit(True)
    tf.debugging.set_log_device_placement(True)
    tf.autograph.set_verbosity(0)
    assert not tf.test.is_built_with_gpu_support()
    with pytest.warns(KerasWordWarning, match="their settings change nothing"):
        with tf.device("/device:GPU:0"):
            model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    assert model.count_params() == 3


def test_where_there_is_no_tpu_the_script_takes_its_other_branch():
    try:
        tf.distribute.cluster_resolver.TPUClusterResolver()
    except ValueError as error:
        assert "there is no TPU" in str(error)
        strategy = tf.distribute.OneDeviceStrategy
    assert strategy is not None


def test_a_function_of_tensorflow_is_the_function():
    def double(x):
        return 2 * x

    assert tf.function(double) is double
    assert tf.function(jit_compile=True)(double) is double


def test_star_imports_give_keras_s_names():
    code = (
        "from tinycnn import *\n"
        "from tinycnn.layers import *\n"
        "from tinycnn.models import *\n"
        "from tinycnn.optimizers import *\n"
        "from tinycnn.callbacks import *\n"
        "from tinycnn.utils import *\n"
        "from tinycnn.preprocessing.image import *\n"
        "from tinycnn.keras.ops import argmax\n"
        "import tinycnn.keras.mixed_precision as precision\n"
        "import tinycnn.layers as rooms\n"
        "assert layers is rooms and MaxPool2D is rooms.MaxPooling2D\n"
        "Input, Convolution2D, Model, Sequential, adam, EarlyStopping\n"
        "to_categorical, ImageDataGenerator, load_img, precision.set_global_policy\n"
        "import builtins\n"
        "assert abs is builtins.abs and range is builtins.range\n"
        "print(datasets.mnist.__name__, argmax([1, 3]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "tinycnn.datasets.mnist 1"


def test_cast_to_floatx():
    assert K.cast_to_floatx(np.array([1, 2])).dtype == np.float32


def test_the_version_is_that_of_tinycnn():
    assert tf.version.VERSION == tf.version.GIT_VERSION == tf.__version__
