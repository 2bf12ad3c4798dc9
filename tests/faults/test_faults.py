"""The quick forms of what the programs beside this file do at length."""

import os
import shutil
import signal
import subprocess
import sys

import interrupt
import kill
import pytest
import same_bytes
import tiny
import writes

from tinycnn.commands import training_run
from tinycnn.commands.arguments import CommandError
from tinycnn.commands.checkpoint import Checkpoint
from tinycnn.commands.folder_lock import NAME, locked
from tinycnn.files.safetensors import read_file, write_file

needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="Windows has neither fork nor signals to send"
)
EPOCHS = 12


@pytest.fixture(scope="module", autouse=True)
def no_pictures():
    """Pictures take longest; the programs draw them, these tests do not."""
    patch = pytest.MonkeyPatch()
    patch.setattr(
        "tinycnn.commands.output_folder.write_pictures", lambda *arguments: []
    )
    patch.setattr("tinycnn.commands.output_folder.write_report", lambda *arguments: "")
    yield
    patch.undo()


@needs_fork
def test_killed_trainings_lose_an_epoch_at_most_and_end_as_if_never_killed(tmp_path):
    counts = kill.run(6, EPOCHS, tmp_path, seed=1)
    assert counts["kills"] == 6
    assert counts["unreadable"] == counts["OTHER BYTES"] == counts["OTHER END"] == 0
    assert counts["LEFT BEHIND"] == 0
    assert counts["most epochs lost"] <= 1


@needs_fork
@pytest.mark.parametrize("kind", interrupt.STATUS)
def test_interrupted_trainings_keep_the_last_finished_epoch(kind, tmp_path):
    counts, _ = interrupt.run(
        kind, 3, EPOCHS, tmp_path, seed=2, begin_training=tiny.Forked
    )
    assert counts.pop("interrupted") == 3
    allowed = {"finished before", "continued"}
    if kind == "twice":  # an end at once, maybe within the writing of an epoch
        allowed |= {"half-written files", "most epochs lost"}
        assert counts["most epochs lost"] <= 1
    assert not {name for name, count in counts.items() if count} - allowed


def test_after_each_failing_operation_the_checkpoint_before_is_there(tmp_path):
    counts = writes.every_operation(tmp_path, steps=16)
    assert counts["operations"] > 60
    assert counts["gone on with, same bytes"] == counts["failures"] > 3
    assert set(counts) == {"operations", "failures", "gone on with, same bytes"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_where_no_file_may_grow_the_checkpoint_before_is_there(tmp_path):
    counts = writes.limited(5, tmp_path)
    assert counts == {"sizes": 5, "failures": 5, "gone on with, same bytes": 5}


def test_the_same_seed_gives_the_same_bytes_wherever_and_however(tmp_path):
    assert list(same_bytes.run(2, 2, tmp_path).values()) == [2]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no sh and /dev/full")
@pytest.mark.parametrize(
    ("where", "status", "error"),
    [
        (">&- 2>&-", 0, ""),
        ("> /dev/full", 1, "error: No space left on device\n"),
    ],
)
def test_an_output_that_cannot_be_written_to_shows_no_traceback(
    where, status, error, tmp_path
):
    words = tiny.command(tiny.write_photos(tmp_path / "photos"), tmp_path / "out", 1)
    run = subprocess.run(
        ["sh", "-c", f'"$@" {where}', "sh", *words],
        env=tiny.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (run.returncode, run.stderr) == (status, error)


# -- two trainings, one folder ---------------------------------------------------------


def train_into(output, tmp_path, *more):
    photos = tmp_path / "photos"
    if not photos.exists():
        tiny.write_photos(photos)
    return writes.train_here(tiny.command(photos, output, 2, *more))


def test_a_second_training_in_the_same_folder_is_refused_and_changes_nothing(tmp_path):
    output = tmp_path / "out"
    with locked(output):
        (output / "mine").write_text("x")
        status, err = train_into(output, tmp_path)
        assert status == 2
        assert err == (
            f"error: another training run is writing into {output}; wait until it ends "
            "or choose another folder with --output\n"
        )
        assert {path.name for path in output.iterdir()} == {NAME, "mine"}
    assert train_into(output, tmp_path) == (0, "")
    assert not (output / NAME).exists()


@needs_fork
def test_the_lock_of_a_killed_training_is_none(tmp_path):
    output = tmp_path / "out"
    words = tiny.command(tiny.write_photos(tmp_path / "photos"), output, 10**6)
    process = tiny.Forked(words)
    while not tiny.is_epoch(process.stdout.readline()):
        pass
    assert train_into(output, tmp_path)[0] == 2
    process.kill()
    tiny.end_of(process)
    assert (output / NAME).exists()
    status, err = train_into(output, tmp_path)
    assert (status, err) == (0, "")
    assert not (output / NAME).exists()


def test_a_lock_file_with_somebodys_words_in_it_is_left_alone(tmp_path):
    (tmp_path / NAME).write_text("mine")
    with locked(tmp_path):
        pass
    assert (tmp_path / NAME).read_text() == "mine"


def test_a_folder_that_knows_no_locks_is_used_with_a_warning(
    tmp_path, monkeypatch, capsys
):
    def refuse(handle):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("tinycnn.commands.folder_lock._lock", refuse)
    monkeypatch.setattr("tinycnn.commands.folder_lock.UNSUPPORTED", {95})
    with locked(tmp_path):
        pass
    assert "cannot be locked (Operation not supported)" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot write into the output folder"):
        with locked(tmp_path / "file" / "out"):
            pass


# -- what the killed leave behind ------------------------------------------------------


def test_half_files_of_the_killed_are_removed_and_nobody_elses(tmp_path):
    output = tmp_path / "out"
    output.mkdir()
    ours = {
        ".model.safetensors.tinycnn-12.part": b'\x60\0\0\0\0\0\0\0{"__metad',
        ".checkpoint.safetensors.tinycnn-999999.part": b"",
        ".history.csv.tinycnn-1.part": b"epoch,loss,accuracy,val_loss,val_accuracy,sec",
        ".curves.png.tinycnn-7.part": b"\x89PNG\r\n\x1a\n and more",
    }
    others = {
        ".model.safetensors.tinycnn-13.part": b"somebody's own words",
        ".model.safetensors.part": b"",
        ".model.safetensors.tinycnn-x.part": b"",
        ".other.safetensors.tinycnn-12.part": b"",
        ".history.csv.tinycnn-2.part": b"name,age",
        "download.part": b"",
    }
    for name, content in (ours | others).items():
        (output / name).write_bytes(content)
    assert train_into(output, tmp_path) == (0, "")
    left = {path.name: path.read_bytes() for path in output.iterdir()}
    assert not set(left) & set(ours)
    assert others.items() <= left.items()


# -- --resume --------------------------------------------------------------------------


def interrupt_after_two_of_four_epochs(folder, *words):
    """Return (photos, output folder)."""
    photos, output = tiny.write_photos(folder / "photos"), folder / "out"
    right = Checkpoint.save

    def save(self, path):
        right(self, path)
        if self.epoch == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checkpoint, "save", save)
        command = tiny.command(photos, output, 4, "--seed", 3, *words)
        status, err = writes.train_here(command)
    assert status == 130
    assert err.splitlines()[1:] == [
        f"next: python -m tinycnn.train {photos} --output {output} --resume",
        "stopped by Ctrl-C",
    ]
    return photos, output


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """(photos, output folder of a training of which two of four epochs are done)."""
    return interrupt_after_two_of_four_epochs(tmp_path_factory.mktemp("interrupted"))


@pytest.fixture(scope="module")
def deep_interrupted(tmp_path_factory):
    """The same of the deep network."""
    return interrupt_after_two_of_four_epochs(
        tmp_path_factory.mktemp("interrupted"), "--network", "deep"
    )


def going_on(interrupted, tmp_path, *words, photos=None):
    """(status, stderr) of --resume on a copy of the interrupted training."""
    output = tmp_path / "out"
    shutil.copytree(interrupted[1], output)
    command = [
        "-m", "tinycnn.train", str(photos or interrupted[0]), "--output", str(output),
        "--resume", *map(str, words),
    ]  # fmt: skip
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    status, err = writes.train_here([sys.executable, *command])
    if status == 2:
        after = {path.name: path.read_bytes() for path in output.iterdir()}
        assert after == before
    return status, err


def test_a_resumed_training_needs_no_options_and_ends_as_if_never_stopped(
    interrupted, tmp_path
):
    whole = tmp_path / "whole"
    words = tiny.command(interrupted[0], whole, 4, "--seed", 3)
    assert writes.train_here(words) == (0, "")
    assert going_on(interrupted, tmp_path) == (0, "")
    output = tmp_path / "out"
    assert (output / tiny.MODEL).read_bytes() == (whole / tiny.MODEL).read_bytes()

    def figures(folder):
        lines = (folder / "history.csv").read_text().splitlines()
        return [line.rpartition(",")[0] for line in lines]  # without the seconds

    assert figures(output) == figures(whole)
    assert len(figures(output)) == 5


def test_a_resumed_deep_training_ends_as_if_never_stopped(deep_interrupted, tmp_path):
    whole = tmp_path / "whole"
    words = tiny.command(
        deep_interrupted[0], whole, 4, "--seed", 3, "--network", "deep"
    )
    assert writes.train_here(words) == (0, "")
    assert going_on(deep_interrupted, tmp_path) == (0, "")
    resumed = (tmp_path / "out" / tiny.MODEL).read_bytes()
    assert resumed == (whole / tiny.MODEL).read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--epochs", 9],
            "began with --epochs 4 (not 9), in which the deep network's learning rate",
        ),
        (["--network", "tutorial"], "--network deep (not --network tutorial)"),
    ],
)
def test_a_deep_training_has_the_epochs_it_began_with(
    words, message, deep_interrupted, tmp_path
):
    status, err = going_on(deep_interrupted, tmp_path, *words)
    assert status == 2
    assert message in err


def without_records(config, arrays):
    """The content of a checkpoint from before the epochs were recorded."""
    ((kind, _),) = config["callbacks"]
    assert kind == "EpochRecorder"
    kept = {n: a for n, a in arrays.items() if not n.startswith("callback ")}
    assert len(arrays) - len(kept) == 2
    return {**config, "callbacks": []}, kept


def records(folder):
    """(the epoch of the first record, the kernels, the answers) in a checkpoint."""
    config, arrays = read_file(folder / tiny.CHECKPOINT)
    ((_, numbers),) = config["callbacks"]
    kept = (arrays[f"callback 0.{name}"] for name in ("kernels", "answers"))
    return numbers["first"], *(array.tolist() for array in kept)


def test_a_resumed_record_has_the_epochs_before_and_after(interrupted, tmp_path):
    assert going_on(interrupted, tmp_path) == (0, "")
    whole = tmp_path / "whole"
    assert writes.train_here(tiny.command(interrupted[0], whole, 4, "--seed", 3)) == (
        0,
        "",
    )
    first, kernels, answers = records(whole)
    assert records(tmp_path / "out") == (first, kernels, answers)
    assert (first, len(kernels), len(answers)) == (0, 5, 5)


def test_a_training_run_of_before_epochs_were_recorded_is_resumed(
    interrupted, tmp_path
):
    old = tmp_path / "old"
    shutil.copytree(interrupted[1], old)
    config, arrays = without_records(*read_file(old / tiny.CHECKPOINT))
    write_file(old / tiny.CHECKPOINT, arrays, config)
    words = [str(interrupted[0]), "--output", str(old), "--resume"]
    assert writes.train_here([sys.executable, "-m", "tinycnn.train", *words]) == (0, "")
    first, kernels, _ = records(old)
    assert (first, len(kernels)) == (2, 3)
    assert going_on(interrupted, tmp_path) == (0, "")
    resumed = (tmp_path / "out" / tiny.MODEL).read_bytes()
    assert resumed == (old / tiny.MODEL).read_bytes()


def test_a_training_run_of_before_there_was_another_network_is_resumed(
    interrupted, tmp_path
):
    old = tmp_path / "old"
    shutil.copytree(interrupted[1], old)
    config, arrays = read_file(old / tiny.CHECKPOINT)
    assert config["notes"]["options"].pop("network") == "tutorial"
    write_file(old / tiny.CHECKPOINT, arrays, config)
    words = [str(interrupted[0]), "--output", str(old), "--resume"]
    assert writes.train_here([sys.executable, "-m", "tinycnn.train", *words]) == (0, "")


def test_a_training_run_of_the_version_before_is_resumed(interrupted, tmp_path):
    before, old = tmp_path / "before", tmp_path / "old"
    shutil.copytree(interrupted[1], before)
    shutil.copytree(interrupted[1], old)
    config, arrays = without_records(*read_file(old / tiny.CHECKPOINT))
    config["monitors"] = config.pop("callbacks")
    del config["is_stopped"]
    write_file(old / tiny.CHECKPOINT, arrays, {**config, "version": 1})
    for output in (before, old):
        words = [str(interrupted[0]), "--output", str(output), "--resume"]
        command = [sys.executable, "-m", "tinycnn.train", *words]
        assert writes.train_here(command) == (0, "")
    assert (old / tiny.MODEL).read_bytes() == (before / tiny.MODEL).read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", 4], "began with --seed 3 (not --seed 4); leave it out to continue"),
        (
            ["--batch-size", 5, "--no-augmentation"],
            "began with --batch-size 4 (not --batch-size 5), no --augmentation "
            "(not --no-augmentation); leave them out to continue",
        ),
        (["--learning-rate", "0.5"], "--learning-rate 0.001 (not --learning-rate 0.5)"),
        (["--epochs", 1], "already has 2 epochs, more than --epochs 1"),
    ],
)
def test_other_options_are_refused_by_name(words, message, interrupted, tmp_path):
    status, err = going_on(interrupted, tmp_path, *words)
    assert status == 2
    assert message in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda p: (p / "train/dark/0.png").unlink(),
            "began with 12 training and 4 test photos, and now there are 11 and 4; it",
        ),
        (
            lambda p: (p / "test/dark/0.png").rename(p / "test/dark/01.png"),
            "began with test photos with other names or in other classes; it",
        ),
        (
            lambda p: shutil.copy(p / "train/dark/0.png", p / "train/dark/1.png"),
            "began with training photos that looked different; it",
        ),
    ],
)
def test_other_photos_are_refused_and_said(change, message, interrupted, tmp_path):
    photos = tmp_path / "photos"
    shutil.copytree(interrupted[0], photos)
    change(photos)
    status, err = going_on(interrupted, tmp_path, photos=photos)
    assert status == 2
    assert message in err
    assert "can only continue with the same ones" in err.splitlines()[-1]


def test_without_a_dataset_the_drawings_are_taken_and_that_is_said(
    interrupted, tmp_path, monkeypatch
):
    drawings = tmp_path / "drawings"
    shutil.copytree(interrupted[0], drawings)
    (drawings / "test" / "dark" / "0.png").unlink()
    monkeypatch.setattr(training_run, "DRAWINGS", drawings)
    output = interrupted[1]
    words = ["-m", "tinycnn.train", "--output", str(output), "--resume"]
    status, err = writes.train_here([sys.executable, *words])
    assert status == 2
    assert err == (
        f"error: the training run in {output} began with 12 training and 4 test "
        "photos, and now there are 12 and 3; without DATASET the drawings are used; "
        "name the folder that the run began with\n"
    )


def test_photos_may_be_moved_as_a_whole(interrupted, tmp_path):
    shutil.copytree(interrupted[0], tmp_path / "elsewhere")
    assert going_on(interrupted, tmp_path, photos=tmp_path / "elsewhere") == (0, "")


def test_other_versions_are_said_and_gone_on_with(interrupted, tmp_path, monkeypatch):
    monkeypatch.setattr("numpy.__version__", "9.9")
    status, err = going_on(interrupted, tmp_path)
    assert status == 0
    assert err.startswith("warning: the training run in ")
    assert "(now 9.9)" in err
    assert len(err.splitlines()) == 1


def test_without_a_checkpoint_there_is_nothing_to_resume(tmp_path):
    status, err = train_into(tmp_path / "none", tmp_path, "--resume")
    assert status == 2
    assert err.startswith("error: there is no checkpoint.safetensors in ")
    assert not (tmp_path / "none").exists()
    status, err = train_into(tmp_path / ("a" * 300), tmp_path, "--resume")
    assert status == 2
    assert err.startswith("error: there is no checkpoint.safetensors in ")


def test_a_finished_training_is_left_as_it_is_unless_more_epochs_are_asked_for(
    tmp_path, capsys
):
    output = tmp_path / "out"
    assert train_into(output, tmp_path) == (0, "")
    before = {path: (path.read_bytes(), path.stat()) for path in output.iterdir()}
    assert train_into(output, tmp_path, "--resume") == (0, "")
    assert before == {p: (p.read_bytes(), p.stat()) for p in output.iterdir()}
    assert train_into(output, tmp_path, "--resume", "--epochs", 3) == (0, "")
    assert tiny.kept_epochs(output) == 3


def test_a_training_that_diverges_later_keeps_the_epochs_before(
    interrupted, tmp_path, monkeypatch
):
    from tinycnn.optimizers import Adam

    monkeypatch.setattr(Adam, "memory", lambda self: {"m": self.m, "v": self.v})
    right = Adam.update

    def update(self, params, grads):
        if self.t >= 9:  # in the fourth epoch
            self.learning_rate = 1e6
        right(self, params, grads)

    monkeypatch.setattr(Adam, "update", update)
    status, err = going_on(interrupted, tmp_path)
    assert status == 1
    assert "went wrong in epoch 4, step 2: the loss is" in err
    assert "in layer 0 (Conv2D); try a smaller --learning-rate than 1e+06" in err
    assert "the model after epoch 3 is kept" in err
    assert tiny.kept_epochs(tmp_path / "out") == 3
