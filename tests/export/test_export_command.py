"""The command: what it refuses in one line before it writes, and what it writes."""

import subprocess
import sys

import pytest
import stacks

from tinycnn import Sequential, load_model
from tinycnn.export import onnx_graph, proof
from tinycnn.layers import LAYERS, ReLU
from tinycnn.text import display_name

FRAMEWORKS = ("onnxruntime", "torch", "keras")


@pytest.fixture
def without_frameworks(monkeypatch):
    """As if none were installed."""
    for name in FRAMEWORKS:
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture
def model_file(tmp_path):
    path = tmp_path / "model.safetensors"
    stacks.model_of("digits").save(path)
    return path


@pytest.fixture
def export(call, tmp_path, without_frameworks):
    def run(*arguments):
        return call("export.__main__", *arguments, cwd=tmp_path)

    return run


def one_error_line(run, status=2):
    assert run.returncode == status
    (line,) = run.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_onnx_needs_no_package_and_says_that_it_was_not_compared(export, model_file):
    run = export(model_file, "--to", "onnx")
    assert run.returncode == 0, run.stderr
    first, second = run.stdout.splitlines()
    assert first.startswith("not compared: ONNX Runtime is not installed")
    assert "pip install onnxruntime" in first
    path = model_file.with_suffix(".onnx")
    assert second.startswith(f"wrote {display_name(path)} (")
    assert path.read_bytes().startswith(b"\x08\x08\x12\x07tinycnn")
    assert export(model_file, "--to", "onnx").returncode == 0  # its own is replaced


def test_the_same_model_gives_the_same_bytes(export, model_file, tmp_path):
    for name in ("a.onnx", "b.onnx"):
        export(model_file, "--to", "onnx", "--output", tmp_path / name)
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


@pytest.mark.parametrize(
    "name, install",
    [
        ("torch", "PyTorch is not installed here: pip install torch"),
        ("keras", "Keras is not installed here: pip install keras, and tensorflow"),
    ],
)
def test_a_framework_that_is_missing_is_named(export, model_file, name, install):
    assert install in one_error_line(export(model_file, "--to", name))
    assert names_in(model_file.parent) == ["model.safetensors"]


def test_what_a_framework_lacks_is_named(monkeypatch):
    def fail(name):
        raise ModuleNotFoundError("No module named 'tensorflow'", name="tensorflow")

    monkeypatch.setattr(proof.importlib, "import_module", fail)
    with pytest.raises(proof.ExportError, match=r"here \(it needs tensorflow\): pip"):
        proof.framework("keras", "Keras", "keras")


@pytest.mark.parametrize("settings", ['{"backend": "torch"}', "[", None, "3"])
def test_keras_runs_on_what_is_installed(monkeypatch, tmp_path, settings):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(proof.Path, "expanduser", lambda path: tmp_path / path.name)
    if settings:
        (tmp_path / "keras.json").write_text(settings)
    there = {"jax", "torch"}
    monkeypatch.setattr(
        proof.importlib.util, "find_spec", lambda name: name in there or None
    )
    proof._choose_backend()
    chosen = proof.os.environ.pop("KERAS_BACKEND")
    assert chosen == ("torch" if settings == '{"backend": "torch"}' else "jax")
    there.clear()
    proof._choose_backend()
    assert "KERAS_BACKEND" not in proof.os.environ


def test_a_choice_of_the_users_stands(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    proof._choose_backend()
    assert proof.os.environ["KERAS_BACKEND"] == "jax"


@pytest.mark.parametrize("to, name", [("onnx", "model.onnx"), ("torch", "model.pt"),
    ("torch", "model_torch.py"), ("keras", "model_keras.py")])  # fmt: skip
def test_anothers_file_is_not_replaced(export, model_file, to, name):
    path = model_file.with_name(name)
    path.write_bytes(b"mine")
    line = one_error_line(export(model_file, "--to", to))
    assert f"{name} already exists" in line
    assert "is not replaced" in line
    assert path.read_bytes() == b"mine"
    assert names_in(model_file.parent) == sorted(["model.safetensors", name])


def test_a_model_under_a_foreign_name_is_not_replaced(export, tmp_path):
    stacks.model_of("digits").save(tmp_path / "hero.onnx")
    before = (tmp_path / "hero.onnx").read_bytes()
    assert export("hero.onnx", "--to", "onnx").returncode == 0
    assert (tmp_path / "hero.onnx").read_bytes() == before
    assert names_in(tmp_path) == ["hero.onnx", "hero_onnx.onnx"]


def test_an_output_of_another_kind_is_refused(export, model_file):
    run = export(model_file, "--to", "onnx", "--output", "model.pt")
    assert "be a name that ends in .onnx, got model.pt" in one_error_line(run)
    run = export(model_file, "--to", "onnx", "--output", "none/model.onnx")
    assert "there is no folder none" in one_error_line(run)


def test_a_model_that_is_missing_is_named(export):
    line = one_error_line(export("none.safetensors", "--to", "onnx"))
    assert "none.safetensors: there is no such file" in line


def test_a_folder_in_place_of_a_model_is_refused(export):
    for name in (".", "/"):
        assert "folder" in one_error_line(export(name, "--to", "onnx"))


def test_the_framework_has_to_be_named(export, model_file):
    assert "--to" in one_error_line(export(model_file))
    assert "tensorflow" in one_error_line(export(model_file, "--to", "tensorflow"))


def test_photos_that_cannot_be_prepared_are_refused(export, model_file):
    run = export(model_file, "--to", "onnx", "--photos", ".")
    assert "does not say how photos are prepared" in one_error_line(run)
    run = export(model_file, "--to", "onnx", "--include-rescale")
    assert "does not say how photos are rescaled" in one_error_line(run)


def test_a_folder_without_photos_is_status_1_and_the_file_is_written(
    export, trained, tmp_path
):
    _, output = trained
    (tmp_path / "empty").mkdir()
    run = export(
        *(output / "model.safetensors", "--to", "onnx", "--photos", "empty"),
        *("--output", "model.onnx", "--include-rescale"),
    )
    assert "there is no photo in empty" in one_error_line(run, 1)
    assert (tmp_path / "model.onnx").exists()


def test_layers_for_training_only_are_named(export, tmp_path):
    path = tmp_path / "model.safetensors"
    stacks.model_of("prepared inside").save(path)
    first = export(path, "--to", "onnx").stdout.splitlines()[0]
    assert first.startswith("RandomFlip, RandomRotation, RandomZoom, RandomTranslation")
    assert "for training only" in first


def test_a_difference_is_status_1_and_nothing_is_written(
    export, model_file, monkeypatch
):
    from tinycnn.export import __main__ as command

    def differ(*arguments):
        raise proof.NotEqualError("the answers differ")

    monkeypatch.setattr(command, "to_onnx", differ)
    line = one_error_line(export(model_file, "--to", "onnx"), 1)
    assert line == "error: the answers differ"
    assert names_in(model_file.parent) == ["model.safetensors"]


def certain_model():
    """Answer class 0 for every random photo: the sigmoid is below 0.004."""
    model = stacks.model_of("sum pooling")
    model.layers[-2].params["bias"][:] = -12
    assert model.predict(proof.random_photos(model)).max() < 0.004
    return model


def test_the_last_bit_of_a_certain_sigmoid_is_no_difference():
    def convert(network):  # ONNX Runtime's sigmoid: 8.2e-8 beside 0.0039 was measured
        bit = 8.2e-8 * (network.layers[-1].makes_probabilities is not None)
        return lambda x: network.forward(x, keep=False) + bit

    assert proof.prove(certain_model(), convert, "another").relative < 1e-6


def test_a_certain_sigmoid_hides_no_difference_of_the_logits():
    def convert(network):
        return lambda x: network.forward(x, keep=False) * 1.001

    with pytest.raises(proof.NotEqualError, match="before the last activation"):
        proof.prove(certain_model(), convert, "another")


def test_a_layer_of_ones_own_is_refused_before_anything_is_written(tmp_path):
    class Own(ReLU):
        pass

    model = Sequential([Own(input_shape=(2, 2, 1))])
    from tinycnn.export import to_onnx

    with pytest.raises(proof.ExportError, match=r"layer 0, Own\(\).*for ONNX"):
        to_onnx(model, tmp_path / "own.onnx")
    assert names_in(tmp_path) == []


def test_more_than_a_protocol_buffer_holds_is_refused(monkeypatch, model_file):
    from tinycnn.export import onnx_file

    monkeypatch.setattr(onnx_file, "MAX_BYTES", 1000)
    with pytest.raises(proof.ExportError, match="an ONNX file may hold 1000 bytes"):
        onnx_file.to_onnx(load_model(model_file))


def test_the_list_of_commands_has_it(call, tmp_path):
    assert "python -m tinycnn.export MODEL" in call("__main__", cwd=tmp_path).stdout
    line = one_error_line(call("__main__", "exprt", cwd=tmp_path))
    assert "did you mean export?" in line


def test_the_command_runs_as_a_program(command, tmp_path):
    run = command("export", "--help", cwd=tmp_path)
    assert run.returncode == 0
    assert run.stdout.startswith("usage: python -m tinycnn.export")


def test_importing_it_loads_no_framework():
    code = (
        "import sys, tinycnn.export; "
        "print([m for m in ('torch', 'keras', 'onnx', 'onnxruntime') "
        "if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_every_layer_has_a_counterpart_in_onnx():
    assert set(onnx_graph.WRITERS) == set(LAYERS.values())
