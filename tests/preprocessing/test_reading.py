"""Many photos side by side: in order, within the memory, and with a line to see."""

import threading
import time
import warnings

import numpy as np
import pytest
from PIL import Image

from tinycnn import text
from tinycnn.parallel import threads
from tinycnn.preprocessing import decoding, reading
from tinycnn.preprocessing.decoding import Budget
from tinycnn.preprocessing.image import ImageDataGenerator
from tinycnn.preprocessing.photos import PhotoError, Preprocessing, load_img
from tinycnn.preprocessing.reading import read_photos

SMALL = Preprocessing((4, 5))


@pytest.fixture
def photos(tmp_path):
    """Paths of seven photos, each of one brightness; the fourth is none."""
    paths = []
    for number in range(7):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (6, 6), (10 * number,) * 3).save(path)
        paths.append(path)
    paths[3].write_bytes(b"no photo")
    return paths


@pytest.mark.parametrize("at_a_time", [1, 3, 64])
@pytest.mark.parametrize("count", ["1", "3"])
def test_answers_come_in_order_and_errors_in_their_place(
    photos, monkeypatch, at_a_time, count
):
    monkeypatch.setenv(threads.SETTING, count)
    monkeypatch.setattr(reading, "FIRST", at_a_time)
    answers = list(read_photos(photos, SMALL))
    assert isinstance(answers.pop(3), PhotoError)
    assert [a[0, 0, 0] for a in answers] == [0, 10, 20, 40, 50, 60]
    assert {a.shape for a in answers} == {(4, 5, 3)}


def test_several_threads_read(photos, monkeypatch):
    monkeypatch.setenv(threads.SETTING, "3")
    together = threading.Barrier(3, timeout=20)  # passes only if three read at once

    class Waiting:
        shape, size = (1, 1, 1), 1

        def pixels(self, path):
            together.wait()
            return path

    assert list(read_photos(photos[:6], Waiting())) == photos[:6]


def test_few_large_photos_are_held_at_a_time(photos, monkeypatch):
    taken = []
    monkeypatch.setattr(
        reading, "each", lambda read, some: taken.append(len(some)) or []
    )
    for side in (64, 1024, 9000):
        taken.clear()
        list(read_photos(["x"] * 200, Preprocessing((side, side))))
        assert max(taken) == {64: 64, 1024: 5, 9000: 1}[side]


@pytest.mark.parametrize(
    ("seconds", "counts"), [(0.0, [16, 32, 64, 64, 24]), (9.0, [16] * 12 + [8])]
)
def test_more_are_read_at_a_time_while_it_is_quick(monkeypatch, seconds, counts):
    clock, taken = [0.0], []

    def each(read, some):
        clock[0] += seconds
        taken.append(len(some))
        return []

    monkeypatch.setattr(reading, "each", each)
    monkeypatch.setattr(reading.time, "perf_counter", lambda: clock[0])
    list(read_photos(["x"] * 200, SMALL))
    assert taken == counts


def screen(out):
    """What a terminal shows in the end, and all that it showed."""
    shown = ""
    for line in out.split("\r"):  # later signs over earlier ones
        shown = line + shown[len(line) :]
    return shown.strip()


def test_a_line_shows_how_far_it_is_and_is_wiped(photos, monkeypatch, capsys):
    monkeypatch.setattr(text, "can_overwrite", lambda: True)
    monkeypatch.setattr(reading, "FIRST", 2)
    monkeypatch.setattr(reading, "QUIET_SECONDS", -1)
    list(read_photos(photos, SMALL))
    out = capsys.readouterr().out
    assert "Reading photos: 0 of 7" in out and "Reading photos: 6 of 7" in out
    assert screen(out) == "" and "\n" not in out


def test_a_short_reading_and_a_file_get_no_line(photos, monkeypatch, capsys):
    monkeypatch.setattr(text, "can_overwrite", lambda: True)
    list(read_photos(photos, SMALL))
    monkeypatch.setattr(text, "can_overwrite", lambda: False)
    monkeypatch.setattr(reading, "QUIET_SECONDS", -1)
    list(read_photos(photos, SMALL))
    assert capsys.readouterr().out == ""


def test_photos_that_are_not_kept_are_read_again_side_by_side(tmp_path, monkeypatch):
    for number in range(6):
        folder = tmp_path / "ab"[number % 2]
        folder.mkdir(exist_ok=True)
        Image.new("RGB", (6, 6), (10 * number,) * 3).save(folder / f"{number}.png")
    settings = {"target_size": (4, 5), "shuffle": False}
    flow = ImageDataGenerator().flow_from_directory
    kept, read = flow(tmp_path, **settings), flow(tmp_path, **settings, cache_bytes=60)
    monkeypatch.setenv(threads.SETTING, "3")
    assert np.array_equal(next(kept)[0], next(read)[0])


def test_who_wants_more_memory_than_is_left_waits(monkeypatch):
    budget, order = Budget(10), []

    def large():
        with budget.take(8):
            order.append("large")

    with budget.take(6):
        thread = threading.Thread(target=large)
        thread.start()
        with budget.take(4):
            time.sleep(0.05)
            order.append("small")
    thread.join(20)
    assert order == ["small", "large"]
    with budget.take(10):  # all of it is back
        pass


def test_the_memory_is_held_while_a_photo_is_prepared(photos, monkeypatch):
    wanted, held = [], []

    class Watched(Budget):
        def take(self, amount):
            wanted.append(amount)
            return super().take(amount)

    budget = Watched(1000)
    monkeypatch.setattr(decoding, "MEMORY", budget)
    plain = decoding.plain
    monkeypatch.setattr(
        "tinycnn.preprocessing.photos.plain",
        lambda *a: held.append(budget._left) or plain(*a),
    )
    load_img(photos[0], target_size=(4, 5))
    assert wanted == [8 * 6 * 6 + 32 * 12]
    assert held == [1000 - wanted[0]] and budget._left == 1000
    with pytest.raises(PhotoError):
        load_img(photos[3])
    assert budget._left == 1000


def test_pillows_warnings_stay_unsaid_in_every_thread_and_the_rules_come_back(tmp_path):
    path = tmp_path / "corrupt.jpg"
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\x01\x00"  # 65,535 entries
    Image.new("RGB", (6, 6)).save(path, exif=exif)
    before = list(warnings.filters)
    failed = []

    def read_often():
        try:
            for _ in range(50):
                load_img(path)
        except Exception as error:
            failed.append(error)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        rules = list(warnings.filters)
        readers = [threading.Thread(target=read_often) for _ in range(4)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        assert warnings.filters == rules
    assert warned == [] and failed == []
    assert list(warnings.filters) == before
    with (
        pytest.warns(UserWarning, match="Corrupt EXIF"),  # what Pillow itself says
        Image.open(path) as image,
    ):
        image.getexif()
