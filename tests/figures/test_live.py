"""Curves that grow while the network learns: one picture in a notebook, else lines."""

import base64
import io
import json
import sys
import types

import numpy as np
import pytest
from conftest import PROJECT
from PIL import Image

from tinycnn.figures import LiveCurves, live
from tinycnn.layers import Dense
from tinycnn.models import Sequential


class Notebook:
    """What IPython gives a kernel: `display`, and a handle that replaces."""

    def __init__(self, has_kernel=True):
        self.outputs = []
        shell = types.SimpleNamespace(kernel=None) if has_kernel else object()
        self.module = types.SimpleNamespace(
            version_info=(9, 0),  # which matplotlib looks at
            get_ipython=lambda: shell,
            display=types.SimpleNamespace(display=self.display),
        )

    def display(self, picture, display_id):
        assert display_id is True
        place = len(self.outputs)
        self.outputs.append([picture])
        return types.SimpleNamespace(update=self.outputs[place].append)


@pytest.fixture
def notebook(monkeypatch):
    made = Notebook()
    monkeypatch.setitem(sys.modules, "IPython", made.module)
    return made


def fit(callback, epochs=4, **words):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((8, 3)), rng.integers(0, 2, 8)
    model = Sequential([Dense(1, activation="sigmoid", input_shape=(3,))], seed=0)
    model.compile("adam", "binary_crossentropy", ["accuracy"])
    return model.fit(x, y, epochs=epochs, verbose=0, callbacks=[callback], **words)


def test_one_output_is_replaced_after_each_epoch(notebook, capsys):
    log = fit(LiveCurves(seconds=0))
    (pictures,) = notebook.outputs
    assert [str(p)[:7] for p in pictures] == [f"epoch {n}" for n in (1, 2, 3, 4)]
    bundle, words = pictures[-1]._repr_mimebundle_(include=None, exclude=None)
    image = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"])))
    assert image.width > 900 and np.asarray(image).min() < 100
    assert f"loss: {log.history['loss'][-1]:.4f}" in bundle["text/plain"]
    assert words["image/png"]["alt"].startswith("Learning curves: epoch 4 - loss")
    assert capsys.readouterr().out == ""


def test_a_cell_of_a_real_notebook_keeps_one_picture():
    (path,) = (PROJECT / "walkthrough").glob("13-*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (cell,) = (one for one in cells if "LiveCurves()" in "".join(one["source"][-3:]))
    (output,) = cell["outputs"]
    assert output["data"]["image/png"]
    assert "".join(output["data"]["text/plain"]).startswith("epoch 100 - loss: ")


def test_short_epochs_are_not_all_drawn_but_the_last_is(notebook):
    fit(LiveCurves(seconds=1000), epochs=5)
    (pictures,) = notebook.outputs
    assert [str(p)[:7] for p in pictures] == ["epoch 1", "epoch 5"]


def test_a_second_training_run_has_a_picture_of_its_own(notebook):
    curves = LiveCurves(seconds=0)
    fit(curves, epochs=2)
    fit(curves, epochs=1)
    assert [len(pictures) for pictures in notebook.outputs] == [2, 1]
    assert [*map(len, curves.history.values())] == [1, 1]


def test_the_lines_are_those_of_the_training_run(notebook, monkeypatch):
    drawn = []
    real = live.learning_curves_figure

    def figure(history, validation_name):
        drawn.append((dict(history), validation_name))
        return real(history, validation_name=validation_name)

    monkeypatch.setattr(live, "learning_curves_figure", figure)
    log = fit(LiveCurves("test", seconds=0), epochs=2, validation_split=0.25)
    history, name = drawn[-1]
    assert history == log.history and name == "test"
    assert {"val_loss", "val_accuracy"} <= history.keys()


@pytest.mark.parametrize("ipython", [None, Notebook(has_kernel=False).module])
def test_a_terminal_gets_a_line_for_each_epoch(ipython, monkeypatch, capsys):
    if ipython is None:
        monkeypatch.delitem(sys.modules, "IPython", raising=False)
    else:
        monkeypatch.setitem(sys.modules, "IPython", ipython)
    log = fit(LiveCurves(), epochs=2)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("epoch 1 - loss: ")
    assert second.endswith(f"accuracy: {log.history['accuracy'][1]:.4f}")


def test_no_epoch_draws_nothing(notebook):
    curves = LiveCurves()
    curves.on_train_begin()
    curves.on_train_end({})
    assert notebook.outputs == []


def test_a_negative_time_is_named():
    with pytest.raises(ValueError, match="seconds should be a number at least 0"):
        LiveCurves(seconds=-1)
