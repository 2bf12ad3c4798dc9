"""The commands, as a newcomer meets them: outputs, exit statuses, one-line errors."""

import csv
import errno
import gzip
import json
import os
import re
import shutil
import signal
import struct
import subprocess
from functools import partial
from itertools import islice

import numpy as np
import pytest
from conftest import PROJECT, command_line, environment
from PIL import Image

from tinycnn import Sequential, load_model, losses, train
from tinycnn.commands import arguments, output_folder, process
from tinycnn.commands.arguments import CommandError
from tinycnn.commands.process import Interrupted, Signals
from tinycnn.datasets import drawings
from tinycnn.layers import AveragePooling2D, Flatten
from tinycnn.networks import RECIPES
from tinycnn.preprocessing.photos import Preprocessing
from tinycnn.text import say

FILES = {
    "model.safetensors", "checkpoint.safetensors", "history.csv", "curves.png",
    "confusion_matrix.png", "mistakes.png", "filters.png",
    "report.html",
}  # fmt: skip


@pytest.fixture
def no_pictures(monkeypatch):
    """Leave out pictures and report, which take longest, where no test is of them."""
    monkeypatch.setattr(output_folder, "write_pictures", lambda *arguments: [])
    monkeypatch.setattr(output_folder, "write_report", lambda *arguments: "no report")


def one_error_line(run):
    """The command's only line on stderr, which is an error and no traceback."""
    lines = run.stderr.splitlines()
    assert len(lines) == 1, run.stderr
    assert lines[0].startswith("error: ")
    assert "Traceback" not in run.stderr
    return lines[0]


# -- train ------------------------------------------------------------------------


def test_train_writes_its_files_and_nothing_else(trained):
    _, output = trained
    assert {path.name for path in output.iterdir()} == FILES


def test_train_says_what_it_found_how_good_it_is_and_what_to_try_next(trained):
    out = trained[0].stdout
    assert "24 photos to learn from and 8 photos to test with" in out
    assert "class 0 = Iron Man: 12 train, 4 test" in out
    assert "class 1 = Pikachu: 12 train, 4 test" in out
    assert "multiply-adds per photo" in out
    assert "Epoch 3/3" in out
    assert "95% interval" in out
    assert "mean colour" in out
    assert out.splitlines()[-1].startswith("next: python -m tinycnn.predict ")


def test_the_next_command_it_names_works(trained, command):
    words = trained[0].stdout.splitlines()[-1].split(" ", 4)
    model, photos = words[4].split(" ", 1)
    run = command("predict", model.strip('"'), photos.strip('"'), cwd=trained[1].parent)
    assert run.returncode == 0, run.stderr
    assert "Pikachu" in run.stdout


def test_history_has_a_line_per_epoch_and_agrees_with_what_was_printed(trained):
    run, output = trained
    with (output / "history.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = "epoch loss accuracy val_loss val_accuracy seconds".split()
    assert list(rows[0]) == columns
    assert [row["epoch"] for row in rows] == ["1", "2", "3"]
    last = float(rows[-1]["val_accuracy"])
    assert f"test accuracy: {last:.1%} ({last * 8:.0f} of 8;" in run.stdout


def test_the_model_file_carries_classes_and_preprocessing(trained):
    model = load_model(trained[1] / "model.safetensors")
    assert model.classes == ["Iron Man", "Pikachu"]
    assert model.preprocessing.target_size == (16, 16)
    assert model.preprocessing.rescale == 1 / 255


def test_the_deep_network_writes_the_same_files_and_uses_the_test_part_once(
    heroes, call, tmp_path
):
    run = call(
        "train", heroes, "--network", "deep", "--epochs", 2, "--image-size", 16,
        "--output", tmp_path / "deep", "--verbose", 2, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert {path.name for path in (tmp_path / "deep").iterdir()} == FILES
    assert "22 photos to learn from and 8 photos to test with" in run.stdout
    assert "2 of the 24 training photos are set aside for validation" in run.stdout
    assert "BatchNormalization" in run.stdout
    with (tmp_path / "deep" / "history.csv").open(encoding="utf-8") as file:
        watched = [float(row["val_accuracy"]) for row in csv.DictReader(file)]
    assert all(accuracy in (0, 0.5, 1) for accuracy in watched)  # of two photos
    again = call("train", heroes, "--output", "deep", "--resume", cwd=tmp_path)
    assert "nothing was changed (its learning rate has fallen to 0" in again.stdout


def test_the_deep_network_takes_its_epochs_from_its_recipe(
    monkeypatch, heroes, tmp_path
):
    options = train.train_parser().parse_args([str(heroes), "--network", "deep"])
    train.fill(options)
    assert (options.batch_size, options.learning_rate) == (32, 0.002)
    training = train.TrainingRun(options, Signals())
    train._open_data(training)
    assert options.epochs == RECIPES["deep"].epochs[1]


def test_another_pooling_is_not_for_the_deep_network(heroes, call, tmp_path):
    run = call("train", heroes, "--network", "deep", "--pooling", "sum", cwd=tmp_path)
    assert run.returncode == 2
    assert "--pooling sum is for the tutorial's network" in one_error_line(run)


def test_photos_too_large_for_the_deep_network_are_refused(heroes, call, tmp_path):
    run = call("train", heroes, "--network", "deep", "--image-size", 3000, cwd=tmp_path)
    assert run.returncode == 2
    assert "more than 4.0 GiB" in one_error_line(run)


@pytest.mark.parametrize("size", [[], ["--image-size", "64"]])
def test_a_batch_too_large_for_the_deep_network_is_refused(
    size, heroes, call, tmp_path
):
    words = ["--network", "deep", "--batch-size", "5000", *size]
    line = one_error_line(call("train", heroes, *words, cwd=tmp_path))
    assert "5000 photos of 64x64 would need 9.8 GiB" in line
    assert "make --batch-size smaller, or the photos (--image-size)" in line


def test_a_diverged_deep_training_names_the_rate_that_was_given(
    heroes, command, tmp_path
):
    run = command(
        "train", heroes, "--network", "deep", "--learning-rate", "1e30", "--epochs", 2,
        "--image-size", 8, "--batch-size", 4, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 1
    assert "try a smaller --learning-rate than 1e+30" in run.stderr.splitlines()[0]


@pytest.mark.usefixtures("no_pictures")
def test_the_same_seed_gives_the_same_model_and_another_seed_another(
    heroes, trained, call, tmp_path
):
    for seed in (0, 1):
        call(
            "train", heroes, "--epochs", 3, "--image-size", 16, "--seed", seed,
            "--output", tmp_path / str(seed), "--verbose", 0, cwd=tmp_path,
        )  # fmt: skip
    name = "model.safetensors"
    first = (trained[1] / name).read_bytes()
    assert (tmp_path / "0" / name).read_bytes() == first
    assert (tmp_path / "1" / name).read_bytes() != first


def test_a_second_run_replaces_its_own_files(heroes, trained, call, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(trained[1], output)
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    run = call(
        "train", heroes, "--epochs", 1, "--image-size", 8, "--output", output,
        cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    after = {path.name: path.read_bytes() for path in output.iterdir()}
    assert set(after) == FILES
    assert all(after[name] != before[name] for name in FILES)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_of_somebody_elses_is_never_replaced(name, heroes, call, tmp_path):
    (tmp_path / name).write_bytes(b"mine")
    run = call("train", heroes, "--output", tmp_path, cwd=tmp_path)
    assert run.returncode == 2
    assert "was not written by tinycnn" in one_error_line(run)
    assert (tmp_path / name).read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.usefixtures("no_pictures")
def test_class_folders_alone_are_split(heroes, call, tmp_path):
    run = call(
        "train", heroes / "train", "--epochs", 1, "--image-size", 8, "--verbose", 2,
        cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "20 photos to learn from and 4 photos to test with" in run.stdout
    assert (tmp_path / "runs" / "train" / "model.safetensors").exists()


@pytest.mark.parametrize("pooling", ["average", "sum"])
@pytest.mark.usefixtures("no_pictures")
def test_pooling_may_be_chosen(pooling, heroes, call, tmp_path):
    run = call(
        "train", heroes, "--epochs", 1, "--image-size", 8, "--pooling", pooling,
        cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert f"{pooling.title()}Pooling2D" in run.stdout


@pytest.mark.usefixtures("no_pictures")
def test_three_classes_get_a_softmax_without_asking(heroes, call, tmp_path):
    data = tmp_path / "three"
    shutil.copytree(heroes, data)
    for part in ("train", "test"):
        folder = data / part / "Blue"
        folder.mkdir()
        for number in range(4):
            pixels = np.full((9, 9, 3), (number + len(part), 0, 200), np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    run = call("train", data, "--epochs", 2, "--image-size", 12, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "Softmax" in run.stdout
    model = tmp_path / "runs" / "three" / "model.safetensors"
    run = call("predict", model, data / "test", "--format", "csv", cwd=tmp_path)
    rows = list(csv.DictReader(run.stdout.splitlines()))
    assert list(rows[0]) == ["path", "label", "Blue", "Iron Man", "Pikachu"]
    for row in rows:
        total = sum(float(row[name]) for name in ("Blue", "Iron Man", "Pikachu"))
        assert total == pytest.approx(1, abs=2e-6)


def write_idx(path, array):
    head = bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape)
    content = head + array.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


@pytest.mark.usefixtures("no_pictures")
def test_idx_folders_work(call, tmp_path):
    data = tmp_path / "digits"
    data.mkdir()
    rng = np.random.default_rng(0)
    for part, count in (("train", 60), ("t10k", 12)):
        labels = np.arange(count) % 3
        images = rng.integers(0, 60, (count, 9, 7)) + 90 * (labels == 1)[:, None, None]
        write_idx(data / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(data / f"{part}-labels-idx1-ubyte", labels)
    run = call("train", data, "--epochs", 2, cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "60 images to learn from and 12 images to test with" in run.stdout
    assert "9 x 7 x 1" in run.stdout
    model = load_model(tmp_path / "runs" / "digits" / "model.safetensors")
    assert model.classes == ["0", "1", "2"]
    assert model.preprocessing.color_mode == "grayscale"


@pytest.mark.usefixtures("no_pictures")
def test_an_unreadable_photo_among_good_ones_is_named_and_left_out(
    heroes, call, tmp_path
):
    data = tmp_path / "data"
    shutil.copytree(heroes, data)
    bad = data / "train" / "Pikachu" / "bad.jpg"
    bad.write_bytes(b"<html>no photo</html>")
    shutil.copy(bad, data / "test" / "Iron Man" / "worse.jpg")
    (data / "train" / "Pikachu" / "notes.txt").write_text("hello")
    run = call("train", data, "--epochs", 1, "--image-size", 8, cwd=tmp_path)
    assert run.returncode == 0
    assert run.stderr.splitlines()[2:] == ["warning: 2 photos left out"]
    assert [line for line in run.stderr.splitlines() if "bad.jpg" in line] == [
        f"warning: left out {bad}: it is not a photo in a supported format (JPEG, PNG, "
        "WEBP, GIF, BMP, ...)"
    ]
    assert "24 photos to learn from" in run.stdout
    assert "  1 file not taken for a photo: notes.txt" in run.stdout
    assert bad.read_bytes() == b"<html>no photo</html>"


def broken_folders(folder, heroes):
    """(name of a folder that training cannot use, words of the message)."""
    photo = next((heroes / "train" / "Pikachu").iterdir())
    yield "missing", "there is no folder"
    (folder / "empty").mkdir()
    yield "empty", "holds no class folders"
    (folder / "one/Pikachu").mkdir(parents=True)
    shutil.copy(photo, folder / "one/Pikachu")
    yield "one", "holds only one class folder, Pikachu"
    for name in ("A", "B"):
        (folder / "hollow" / name).mkdir(parents=True)
    yield "hollow", "should hold two or more"
    shutil.copytree(heroes, folder / "hollow test")
    shutil.rmtree(folder / "hollow test/test/Pikachu")
    (folder / "hollow test/test/Pikachu").mkdir()
    yield "hollow test", "is empty: it holds no photos"
    shutil.copytree(heroes, folder / "other")
    (folder / "other/test/Pikachu").rename(folder / "other/test/Raichu")
    yield "other", "only in train: Pikachu; only in test: Raichu"
    shutil.copytree(heroes / "train", folder / "half/train")
    yield "half", "holds train but no test"
    shutil.copy(photo, folder / "photo.jpg")
    yield "photo.jpg", "should be a folder, not a file"
    for part in ("train", "test"):
        for name in ("A", "B"):
            (folder / "bad" / part / name).mkdir(parents=True)
            (folder / "bad" / part / name / "x.jpg").write_bytes(b"no photo")
    yield "bad", "none of its 1 photo can be read"


def test_folders_that_are_not_right_get_one_line_and_status_2(heroes, call, tmp_path):
    cases = list(broken_folders(tmp_path, heroes))
    assert len(cases) == 9
    for name, words in cases:
        run = call("train", name, cwd=tmp_path)
        assert run.returncode == 2, name
        line = one_error_line(run)
        assert words in line
        assert name.split()[0] in line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--epochs", "0"], "--epochs: should be a whole number of at least 1"),
        (["--epochs", "many"], "got 'many'"),
        (["--learning-rate", "-1"], "should be a number above 0"),
        (["--learning-rate", "nan"], "should be a number above 0"),
        (["--learning-rate", "slow"], "should be a number above 0, got 'slow'"),
        (["--pooling", "median"], "invalid choice: 'median'"),
        (["--epoch", "3"], "arguments: --epoch; did you mean --epochs?; python"),
        (["--size", "3"], "did you mean --batch-size or --image-size?; python"),
        (["--validation", "3"], "unrecognized arguments: --validation; python"),
        (["--fromat=3"], "unrecognized arguments: --fromat=3; python"),
        (["--verbose", "3"], "invalid choice"),
        (["a", "b"], "unrecognized arguments: b; python -m"),
        (["My", "."], "unrecognized arguments: .; a path with spaces needs quotes"),
        (["--seed", "-1"], "at least 0"),
    ],
)
def test_unknown_or_wrong_options_get_one_line_and_status_2(
    arguments, words, call, tmp_path
):
    run = call("train", *arguments, cwd=tmp_path)
    assert run.returncode == 2
    line = one_error_line(run)
    assert words in line
    assert "--help lists" in line
    assert not list(tmp_path.iterdir())


def test_a_folder_whose_name_has_spaces_is_shown_in_quotes(call, tmp_path):
    (tmp_path / "my old photos").mkdir()
    run = call("train", "my", "old", "photos", "--epochs", "2", cwd=tmp_path)
    assert run.returncode == 2
    assert 'a path with spaces needs quotes: "my old photos"; ' in one_error_line(run)


def test_a_model_or_photo_whose_name_has_spaces_is_shown_in_quotes(
    trained, call, tmp_path
):
    model = tmp_path / "my model.safetensors"
    model.write_bytes((trained[1] / "model.safetensors").read_bytes())
    (tmp_path / "my old photo.jpg").write_bytes(b"")
    run = call("predict", "my", "model.safetensors", "a.jpg", cwd=tmp_path)
    assert run.returncode == 2
    assert 'needs quotes: "my model.safetensors"' in one_error_line(run)
    run = call("predict", model, "my", "old", "photo.jpg", cwd=tmp_path)
    first, *_ = run.stderr.splitlines()
    assert first.startswith("error: my: there is no such file or folder; a path with")
    assert first.endswith('"my old photo.jpg"')


def test_thousands_of_names_are_not_put_together_again_and_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    looks = []
    monkeypatch.setattr(arguments, "exists", lambda path: looks.append(path))
    words = [f"{number}.jpg" for number in range(3000)]
    assert arguments.with_spaces(words) == ""
    assert len(looks) < 20


@pytest.mark.parametrize("verb", ["train", "predict", "explain", "check"])
def test_a_wrong_number_of_threads_gets_one_line_before_any_work(
    verb, call, tmp_path, monkeypatch
):
    monkeypatch.setenv("TINYCNN_NUM_THREADS", "abc")
    run = call(verb, "nothing", cwd=tmp_path)
    assert run.returncode == 2
    line = one_error_line(run)
    assert "TINYCNN_NUM_THREADS should be a whole number of at least 1" in line
    assert list(tmp_path.iterdir()) == []


def test_photos_too_small_for_the_network_say_so(heroes, call, tmp_path):
    run = call("train", heroes, "--image-size", 2, cwd=tmp_path)
    assert run.returncode == 2
    assert "4 rows and columns or more for the tutorial's network, got 2x2" in (
        one_error_line(run)
    )


def test_an_output_folder_that_cannot_be_made_is_said_before_training(
    heroes, call, tmp_path
):
    (tmp_path / "file").write_text("")
    run = call("train", heroes, "--output", "file/runs", cwd=tmp_path)
    assert run.returncode == 2
    assert "cannot write into the output folder" in one_error_line(run)
    run = call("train", heroes, "--output", "file", cwd=tmp_path)
    assert run.returncode == 2
    assert "the output folder file is a file, not a folder" in one_error_line(run)


def test_diverged_training_ends_with_status_1_and_says_where(heroes, command, tmp_path):
    run = command(
        "train", heroes, "--learning-rate", "1e30", "--image-size", 8, cwd=tmp_path
    )
    assert run.returncode == 1
    first, second = run.stderr.splitlines()
    assert first.startswith("error: training went wrong in epoch 1")
    assert "try a smaller --learning-rate than 1e+30" in first
    assert second == "stopped before the first epoch was finished: nothing was kept"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_ctrl_c_keeps_the_last_finished_epochs_model(number, status, heroes, tmp_path):
    process = subprocess.Popen(
        command_line("train", heroes, "--epochs", 100_000, "--image-size", 8),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("Epoch") and "     3/100000" in line:
            break
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == status
    assert "Traceback" not in out + err
    assert "the model after epoch" in err
    kept = int(err.split("after epoch ")[1].split()[0])
    output = tmp_path / "runs" / "Dataset"
    assert load_model(output / "model.safetensors").classes == ["Iron Man", "Pikachu"]
    rows = (output / "history.csv").read_text().splitlines()
    assert len(rows) == kept + 1
    assert not list(output.glob("*.part"))


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signals to send")
@pytest.mark.parametrize("last_line_read", ["", "Epoch"])
def test_a_closed_pipe_ends_quietly(last_line_read, heroes, tmp_path):
    process = subprocess.Popen(
        command_line("train", heroes, "--epochs", 100_000, "--image-size", 8),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith(last_line_read):
            break
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) == 141
    assert err == ""


def test_pairs_beyond_the_first_five_are_only_counted(heroes, call, tmp_path):
    data = tmp_path / "data"
    for part in ("train", "test"):
        shutil.copytree(heroes / "train", data / part)
    run = call("train", data, "--learning-rate", "1e30", cwd=tmp_path)
    warnings = [line for line in run.stderr.splitlines() if "warning" in line]
    assert len(warnings) == 6
    assert all("the same pixels twice" in line for line in warnings[:5])
    assert warnings[5] == "warning: 19 more pairs with the same pixels"


@pytest.mark.usefixtures("no_pictures")
def test_a_full_disk_at_the_end_gets_one_line_and_status_1(
    heroes, call, tmp_path, monkeypatch
):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "could not write model: No space left on device")

    monkeypatch.setattr(output_folder, "write_model", full)
    run = call("train", heroes, "--image-size", 8, "--epochs", 1, cwd=tmp_path)
    assert run.returncode == 1
    wanted = "No space left on device; --resume continues after epoch 1"
    assert one_error_line(run).endswith(wanted)


@pytest.mark.usefixtures("no_pictures")
def test_without_a_dataset_heroes_are_drawn_and_kept(call, tmp_path, monkeypatch):
    few = partial(drawings.write_dataset, train_count=8, test_count=4, size=16)
    monkeypatch.setattr(drawings, "write_dataset", few)
    for said in (True, False):
        run = call("train", "--image-size", 8, "--epochs", 1, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
        assert ("Drawing two heroes into" in run.stdout) is said
        assert "8 photos to learn from and 4 photos to test with" in run.stdout
    assert (tmp_path / "runs" / "drawings" / "model.safetensors").exists()


def test_where_nothing_can_be_drawn_that_is_said(call, tmp_path):
    (tmp_path / "runs").write_text("a file")
    run = call("train", cwd=tmp_path)
    assert run.returncode == 2
    line = one_error_line(run)
    assert line.startswith("error: cannot draw into ")
    assert (tmp_path / "runs").read_text() == "a file"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_ctrl_c_does_not_wait_for_the_end_of_a_step(number):
    with Signals() as signals, signals.waiting():
        signal.raise_signal(number)
        assert signals.received == number  # and nothing was raised: the step goes on
        with pytest.raises(Interrupted) as stop:
            signal.raise_signal(signal.SIGINT)
    assert stop.value.number == signal.SIGINT


def test_ctrl_c_while_an_error_is_written_ends_with_its_status(monkeypatch, capsys):
    def main(arguments, signals):
        raise CommandError("no photo")

    monkeypatch.setattr(
        process, "complain", lambda line: signal.raise_signal(signal.SIGINT)
    )
    assert process.exit_status(main, Signals()) == 130
    assert capsys.readouterr() == ("", "")


def test_too_little_memory_gets_one_line_and_status_1(capsys):
    def main(arguments, signals):
        raise MemoryError

    assert process.exit_status(main, Signals()) == 1
    assert capsys.readouterr().err == (
        "error: there is not enough memory; try smaller images or batches\n"
    )


# -- predict ----------------------------------------------------------------------


def test_predict_agrees_with_the_accuracy_that_training_printed(
    trained, heroes, command, tmp_path
):
    run, output = trained
    model = output / "model.safetensors"
    rows = command(
        "predict", model, heroes / "test", "--format", "csv", cwd=tmp_path
    ).stdout.splitlines()
    assert rows[0] == "path,label,Iron Man,Pikachu"
    answers = list(csv.DictReader(rows))
    folders = [os.path.basename(os.path.dirname(row["path"])) for row in answers]  # noqa: PTH119, PTH120
    right = sum(f == row["label"] for f, row in zip(folders, answers, strict=True))
    assert f"({right} of 8;" in run.stdout
    for row in answers:
        assert float(row["Iron Man"]) + float(row["Pikachu"]) == pytest.approx(1)


def test_predict_in_json_and_as_a_table_say_the_same(trained, heroes, call, tmp_path):
    model = trained[1] / "model.safetensors"
    photo = sorted((heroes / "test" / "Pikachu").iterdir())[0]
    entry = json.loads(
        call("predict", model, photo, "--format", "json", cwd=tmp_path).stdout
    )[0]
    assert entry["path"] == str(photo)
    table = call("predict", model, photo, cwd=tmp_path).stdout.splitlines()
    assert table[0].split() == ["photo", "answer", "Iron", "Man", "Pikachu"]
    assert entry["label"] in table[2]
    assert f"{entry['probabilities']['Pikachu']:.1%}" in table[2]


def test_predict_names_what_it_cannot_read_and_answers_the_rest(
    trained, heroes, call, tmp_path
):
    model = trained[1] / "model.safetensors"
    (tmp_path / "page.jpg").write_text("<html>")
    folder = tmp_path / "folder"
    shutil.copytree(heroes / "test" / "Pikachu", folder)
    (folder / "notes.txt").write_text("hello")
    run = call(
        "predict", model, "page.jpg", "missing.jpg", folder, "--format", "csv",
        cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 1
    assert len(run.stdout.splitlines()) == 1 + 4
    errors = run.stderr.splitlines()
    assert errors[0] == "error: missing.jpg: there is no such file or folder"
    assert errors[1] == f"{folder}: 1 file not named like a photo"
    assert errors[2].startswith("error: page.jpg: it is not a photo")
    assert len(errors) == 3


def test_a_file_named_on_the_command_line_is_always_tried(
    trained, heroes, call, tmp_path
):
    photo = sorted((heroes / "test" / "Pikachu").iterdir())[0]
    shutil.copy(photo, tmp_path / "photo.dat")
    model = trained[1] / "model.safetensors"
    assert call("predict", model, "photo.dat", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_a_photo_before_the_model_is_refused_with_the_right_order(
    command, call, tmp_path
):
    run = call(command, "photo.jpg", "hero.safetensors", cwd=tmp_path)
    assert run.returncode == 2
    line = one_error_line(run)
    assert "MODEL comes first, then the photos: hero.safetensors photo.jpg" in line


def test_a_model_that_does_not_know_photos_cannot_answer(call, tmp_path):
    Sequential([Flatten(input_shape=(2, 3, 1))]).save(tmp_path / "bare.safetensors")
    run = call("predict", "bare.safetensors", "photo.jpg", cwd=tmp_path)
    assert run.returncode == 2
    line = one_error_line(run)
    assert "how photos are prepared or what its classes are called" in line
    assert "train it with python -m tinycnn.train" in line
    assert "set model.preprocessing and model.classes (from_keras" in line
    assert "take preprocessing= and classes=)" in line


@pytest.mark.parametrize(
    "command, given, message",
    [
        (
            *("predict", "preprocessing"),
            "bare.safetensors does not say what its classes are called; train it with "
            "python -m tinycnn.train or fit it on flow_from_directory, or before "
            "model.save set model.classes (from_keras and from_torch take classes=)",
        ),
        (
            *("predict", "classes"),
            "bare.safetensors does not say how photos are prepared; train it with "
            "python -m tinycnn.train or fit it on flow_from_directory, or before "
            "model.save set model.preprocessing (from_keras and from_torch take "
            "preprocessing=)",
        ),
        (
            *("explain", None),
            "bare.safetensors does not say how photos are prepared; train it with "
            "python -m tinycnn.train or fit it on flow_from_directory, or before "
            "model.save set model.preprocessing (from_keras and from_torch take "
            "preprocessing=)",
        ),
    ],
)
def test_a_model_made_in_a_program_says_which_of_the_two_is_missing(
    command, given, message, call, tmp_path
):
    model = Sequential([Flatten(input_shape=(2, 1, 1))])
    settings = {
        "classes": ["a", "b"],
        "preprocessing": Preprocessing((2, 1), "grayscale"),
    }
    if given:
        setattr(model, given, settings[given])
    model.save(tmp_path / "bare.safetensors")
    run = call(command, "bare.safetensors", "photo.jpg", cwd=tmp_path)
    assert run.returncode == 2
    assert one_error_line(run) == f"error: {message}"


def test_unreadable_photos_alone_are_named_and_nothing_is_answered(
    trained, call, tmp_path
):
    (tmp_path / "page.jpg").write_text("<html>")
    run = call("predict", trained[1] / "model.safetensors", "page.jpg", cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout == ""
    assert "page.jpg: it is not a photo" in one_error_line(run)


def test_an_empty_folder_is_status_1(trained, call, tmp_path):
    run = call("predict", trained[1] / "model.safetensors", tmp_path, cwd=tmp_path)
    assert run.returncode == 1
    assert run.stdout == ""
    assert "there is no photo" in run.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file"),
        (b"", "does not begin like"),
        (b"\x89PNG\r\n\x1a\n" * 9, "does not begin like"),
        ("cut", "cut off"),
    ],
)
def test_a_model_file_that_is_not_one_gets_one_line_and_status_2(
    content, words, trained, heroes, call, tmp_path
):
    path = tmp_path / "model.safetensors"
    if content == "cut":
        path.write_bytes((trained[1] / path.name).read_bytes()[:-1000])
    elif content is not None:
        path.write_bytes(content)
    run = call("predict", path, heroes / "test", cwd=tmp_path)
    assert run.returncode == 2
    line = one_error_line(run)
    assert words in line
    assert "model.safetensors" in line


# -- check, and the list of commands ------------------------------------------------


def test_check_passes_for_all_layers(command, tmp_path):
    run = command("check", cwd=tmp_path)
    assert run.returncode == 0
    found = re.fullmatch(
        r"(\d+) cases: all gradients are right \(worst relative error (\S+); .*\)",
        run.stdout.splitlines()[-1],
    )
    readme = " ".join((PROJECT / "README.md").read_text(encoding="utf-8").split())
    promised = re.search(r"in more than (\d+) cases - every layer", readme)
    assert int(promised[1]) < int(found[1]) < int(promised[1]) + 100
    rows = [line.split() for line in run.stdout.splitlines()[2:-1]]
    counts = {row[0]: int(row[-4]) for row in rows}
    assert sum(counts[name] for name in counts if name in dir(losses)) == 3
    assert counts["whole"] == 2
    assert 0 < float(found[2]) < 1e-7
    for layer in ("Conv2D", "MaxPooling2D", "Dense", "Softmax", "whole network"):
        assert layer in run.stdout


def test_check_fails_and_names_the_layer_whose_backward_is_spoiled(monkeypatch, capsys):
    from tinycnn import check

    some = list(islice(check.grid(), 0, None, 20))
    monkeypatch.setattr(check, "grid", lambda: some)
    right = AveragePooling2D.backward
    monkeypatch.setattr(
        AveragePooling2D, "backward", lambda self, dy: right(self, 2 * dy)
    )
    assert check.main(["--format", "csv"], Signals()) == 1
    out, err = capsys.readouterr()
    rows = {row["part"]: row for row in csv.DictReader(out.splitlines())}
    wrong = [part for part, row in rows.items() if row["verdict"] == "WRONG"]
    assert wrong == ["AveragePooling2D"]
    assert err.startswith("wrong: AveragePooling2D(")


@pytest.mark.parametrize("verb", ["train", "predict", "check"])
def test_help_is_there_and_shows_only_what_works(verb, command, tmp_path):
    run = command(verb, "--help", cwd=tmp_path)
    assert run.returncode == 0
    assert "Exit status" in run.stdout
    assert "explain" not in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 100


def test_the_package_lists_its_commands_and_its_version(command, tmp_path):
    listed = command("", cwd=tmp_path)
    assert listed.returncode == 0
    for verb in ("train", "predict", "check"):
        assert f"python -m tinycnn.{verb}" in listed.stdout
    assert command("", "--version", cwd=tmp_path).stdout.startswith("tinycnn 0.")
    wrong = command("", "fly", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "there is no command 'fly'; python -m tinycnn lists" in one_error_line(wrong)
    wrong = command("", "trian", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "no command 'trian'; did you mean train?" in one_error_line(wrong)


@pytest.mark.parametrize("name", ["train", "predict", "explain", "check", "export"])
def test_each_command_runs_under_the_programs_name(name, command, tmp_path):
    with_dot = command(name, "--help", cwd=tmp_path)
    with_blank = command("", name, "--help", cwd=tmp_path)
    assert (with_blank.returncode, with_blank.stderr) == (0, "")
    assert with_blank.stdout == with_dot.stdout


# -- the main job -------------------------------------------------------------------


@pytest.mark.slow
def test_train_without_arguments_draws_the_heroes_and_learns_them(command, tmp_path):
    from tinycnn.datasets.drawings import draw_heroes

    further, labels = draw_heroes(300, seed=12345)
    for seed in (0, 1, 2):
        run = command("train", "--seed", seed, cwd=tmp_path)
        assert run.returncode == 0, run.stderr
        line = next(x for x in run.stdout.splitlines() if x.startswith("test accuracy"))
        assert int(line.split("(")[1].split()[0]) >= 33
        colour = float(run.stdout.split("mean colour ")[1].split("%")[0])
        assert colour < 80
        model = load_model(tmp_path / "runs" / "drawings" / "model.safetensors")
        y_pred = model.predict(model.preprocessing.scaled(further))
        right = float(np.mean((y_pred[:, 0] > 0.5) == labels))
        assert right >= 0.95
        say(f"seed {seed}: {line}; further drawings {right:.1%}; mean colour {colour}%")
    data = tmp_path / "runs" / "drawings" / "Dataset"
    assert len(list(data.glob("train/*/*.jpg"))) == 109
    assert len(list(data.glob("test/*/*.jpg"))) == 36


# -- what newcomers stumbled over ---------------------------------------------------


def test_photos_too_large_for_the_memory_are_refused_before_they_are_read(
    heroes, call, tmp_path
):
    run = call("train", heroes, "--image-size", 100_000, cwd=tmp_path)
    assert run.returncode == 2
    assert "photos would need 149.0 TiB of memory" in one_error_line(run)


@pytest.mark.usefixtures("no_pictures")
def test_a_run_that_will_be_replaced_is_said(heroes, trained, call, tmp_path):
    output = tmp_path / "out"
    shutil.copytree(trained[1], output)
    run = call(
        "train", heroes, "--epochs", 1, "--image-size", 8, "--output", output,
        cwd=tmp_path,
    )  # fmt: skip
    assert run.stdout.startswith(
        f"note: {output} holds an earlier training run, which will be replaced "
    )
    assert "(another --output keeps it, --resume continues " in run.stdout


@pytest.mark.parametrize("moment", ["photos", "steps"])
def test_an_earlier_training_outlives_one_stopped_in_its_first_epoch(
    moment, heroes, trained, call, tmp_path, monkeypatch
):
    def interrupted(*arguments):
        raise Interrupted(signal.SIGINT)

    if moment == "photos":
        monkeypatch.setattr(train, "open_dataset", lambda *a, **k: interrupted())
    monkeypatch.setattr(Signals, "check", interrupted)
    output = tmp_path / "out"
    shutil.copytree(trained[1], output)
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    run = call("train", heroes, "--image-size", 8, "--output", output, cwd=tmp_path)
    assert run.returncode == 130
    assert run.stderr.splitlines() == [
        "stopped before the first epoch was finished; the earlier training run in "
        f"{output} is unchanged",
        "stopped by Ctrl-C",
    ]
    assert before == {path.name: path.read_bytes() for path in output.iterdir()}


def test_a_stopped_training_leaves_no_pictures_of_an_earlier_one(
    heroes, trained, call, tmp_path, monkeypatch
):

    checks = iter(range(10**9))
    right = Signals.check

    def interrupted(self):
        if next(checks) == 3:
            self.received = signal.SIGINT
        right(self)

    monkeypatch.setattr(Signals, "check", interrupted)
    output = tmp_path / "out"
    shutil.copytree(trained[1], output)
    run = call("train", heroes, "--image-size", 8, "--output", output, cwd=tmp_path)
    assert run.returncode == 130
    assert "model.safetensors" in run.stderr
    assert run.stderr.splitlines()[-1] == "stopped by Ctrl-C"
    left = {path.name for path in output.iterdir()}
    assert left == {"model.safetensors", "checkpoint.safetensors", "history.csv"}
