"""ONNX files, checked by onnx itself and answered by ONNX Runtime."""

import json

import numpy as np
import pytest
from exported import CASES, NETWORKS, assert_same, model_of, photos_for

from tinycnn import Sequential
from tinycnn.export import ExportError, NotEqualError, onnx_graph, proof, to_onnx
from tinycnn.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    ReLU,
    Rescaling,
    Reshape,
)
from tinycnn.losses import BinaryCrossentropy
from tinycnn.preprocessing.photos import Preprocessing

REASON = "ONNX is not installed (pip install '.[test,export]')"
onnx = pytest.importorskip("onnx", reason=REASON)
onnxruntime = pytest.importorskip("onnxruntime", reason=REASON)


def answers(content, x):
    """What ONNX Runtime answers, after onnx has checked the file in full."""
    onnx.checker.check_model(onnx.load_from_string(content), full_check=True)
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == ["photos"]
    return session.run(["answers"], {"photos": x})[0]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_layer_answers_the_same(case):
    model = model_of(case)
    x = photos_for(model)
    assert_same(model.forward(x), answers(to_onnx(model), x), 2e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_answers_the_same(name):
    import stacks

    model = stacks.model_of(name)
    x = photos_for(model, count=3)
    assert_same(model.forward(x), answers(to_onnx(model), x), 2e-6)


def test_rows_with_channels_are_normalised_along_the_channels():
    model = Sequential([Reshape((6, 4), input_shape=(2, 4, 3)), BatchNormalization()])
    layer = model.layers[1]
    layer.set_weights([np.arange(4) + k for k in (1.0, -2.0, 0.5, 1.5)])
    x = photos_for(model)
    assert_same(model.forward(x), answers(to_onnx(model), x), 1e-6)


def test_layout_changes_only_where_it_has_to():
    model = Sequential(
        [Conv2D(2, 2, input_shape=(5, 4, 3)), ReLU(), Conv2D(3, 2), Flatten(), Dense(2)]
    )
    graph = onnx.load_from_string(to_onnx(model)).graph
    assert [node.op_type for node in graph.node] == [
        *("Transpose", "Conv", "Relu", "Conv", "Transpose", "Reshape", "Gemm"),
        "Identity",
    ]


@pytest.fixture
def tiny():
    """A model that has learnt from a folder of photos of 0..255."""
    model = Sequential([Flatten(input_shape=(4, 5, 3)), Dense(1, activation="sigmoid")])
    model.classes = ["Iron Man", "Pikachu é"]
    model.preprocessing = Preprocessing((4, 5), rescale=1 / 255)
    return model


def metadata(content):
    props = onnx.load_from_string(content).metadata_props
    return {p.key: json.loads(p.value) for p in props if p.key != "seal"}


def test_classes_and_preprocessing_travel_along(tiny):
    assert metadata(to_onnx(tiny)) == {
        "classes": ["Iron Man", "Pikachu é"],
        "preprocessing": tiny.preprocessing.config(),
        "threshold": 0.5,
        "answers": "probabilities",
        "layout": "NHWC",
    }


def test_settings_that_do_not_fit_are_left_out_with_a_warning(tiny):
    tiny.classes, tiny.threshold = np.array(["a", "b", "c"]), np.float32(0.25)
    with pytest.warns(UserWarning, match=r"classes should .*is written without it"):
        found = metadata(to_onnx(tiny))
    assert (found["classes"], found["threshold"]) == (None, 0.25)


def test_logits_are_named():
    model = Sequential([Flatten(input_shape=(4, 5, 3)), Dense(1)])
    model.compile("adam", BinaryCrossentropy(from_logits=True))
    assert metadata(to_onnx(model))["answers"] == "logits"


def test_the_rescaling_can_be_part_of_the_graph(tiny):
    content = to_onnx(tiny, include_rescale=True)
    pixels = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3))
    theirs = answers(content, pixels.astype(np.float32))
    assert_same(tiny.forward(tiny.preprocessing.scaled(pixels)), theirs, 1e-6)
    assert metadata(content)["preprocessing"]["rescale"] is None


def test_a_rescaling_that_is_not_known_is_refused():
    model = Sequential([Flatten(input_shape=(4, 5, 3))])
    with pytest.raises(ExportError, match="does not say how photos are rescaled"):
        to_onnx(model, include_rescale=True)


def test_an_error_is_seen_and_nothing_is_written(tmp_path, monkeypatch, tiny):
    def wrong(graph, layer):
        graph.node("Reshape", np.array([0, 60]))
        graph.node("Mul", np.float32(1.0001))

    monkeypatch.setitem(onnx_graph.WRITERS, Flatten, wrong)
    with pytest.raises(NotEqualError, match=r"at most 1e-05 is allowed"):
        to_onnx(tiny, tmp_path / "tiny.onnx")
    assert not [*tmp_path.iterdir()]


def test_a_graph_that_cannot_run_is_an_error_of_one_line(monkeypatch, tiny):
    monkeypatch.setitem(onnx_graph.WRITERS, Flatten, lambda graph, _: graph.node("No"))
    with pytest.raises(ExportError, match="ONNX Runtime cannot run the graph") as error:
        to_onnx(tiny)
    assert "\n" not in str(error.value)


def test_the_difference_is_printed(capsys, tiny):
    to_onnx(tiny, photos=np.zeros((2, 4, 5, 3)))
    line = capsys.readouterr().out
    assert line.startswith(
        "compared with ONNX Runtime on 18 photos: the answers, up to"
    )
    assert "before the last activation" in line


def test_its_own_file_is_replaced_and_a_changed_one_stays(tmp_path, tiny):
    path = tmp_path / "tiny.onnx"
    to_onnx(tiny, path)
    to_onnx(tiny, path, include_rescale=True)
    changed = onnx.load(path)
    changed.doc_string = "mine"
    onnx.save(changed, path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"not as tinycnn\.export wrote it"):
        to_onnx(tiny, path)
    assert path.read_bytes() == before


def test_photos_of_any_number_are_answered(tiny):
    content = to_onnx(tiny)
    for count in (1, 9):
        assert answers(content, photos_for(tiny, count)).shape == (count, 1)


def test_a_model_that_rescales_is_compared_on_photos_of_0_to_255():
    model = Sequential([Rescaling(1 / 255, -1.0, input_shape=(3, 2, 1)), Flatten()])
    x = np.full((2, 3, 2, 1), 255, np.float32)
    assert_same(model.forward(x), answers(to_onnx(model), x), 1e-6)
    assert 240 < proof.random_photos(model).max() <= 255
