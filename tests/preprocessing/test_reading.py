"""Many photos in parallel: in order, within the memory budget, with a progress line."""

import threading
import time
import warnings

import numpy as np
import pytest
from PIL import Image

from tinycnn import text
from tinycnn.parallel import threads
from tinycnn.preprocessing import decoding, reading
from tinycnn.preprocessing.decoding import MemoryBudget
from tinycnn.preprocessing.image import ImageDataGenerator
from tinycnn.preprocessing.photos import PhotoError, Preprocessing, load_img
from tinycnn.preprocessing.reading import read_photos

SMALL = Preprocessing((4, 5))


@pytest.fixture
def photos(tmp_path):
    """Paths of seven photos, each of one brightness; the fourth is not a photo."""
    paths = []
    for number in range(7):
        path = tmp_path / f"{number}.png"
        Image.new("RGB", (6, 6), (10 * number,) * 3).save(path)
        paths.append(path)
    paths[3].write_bytes(b"not a photo")
    return paths


@pytest.mark.parametrize("at_a_time", [1, 3, 64])
@pytest.mark.parametrize("count", ["1", "3"])
def test_results_come_in_order_and_errors_in_their_place(
    photos, monkeypatch, at_a_time, count
):
    monkeypatch.setenv(threads.SETTING, count)
    monkeypatch.setattr(reading, "MIN_CHUNK", at_a_time)
    results = list(read_photos(photos, SMALL))
    assert isinstance(results.pop(3), PhotoError)
    assert [x[0, 0, 0] for x in results] == [0, 10, 20, 40, 50, 60]
    assert {x.shape for x in results} == {(4, 5, 3)}


def test_several_threads_read(photos, monkeypatch):
    monkeypatch.setenv(threads.SETTING, "3")
    together = threading.Barrier(3, timeout=20)  # passes only if three read at once

    class Waiting:
        shape, size = (1, 1, 1), 1

        def pixels(self, path):
            together.wait()
            return path

    assert list(read_photos(photos[:6], Waiting())) == photos[:6]


def test_chunks_of_large_photos_are_small(photos, monkeypatch):
    taken = []
    monkeypatch.setattr(
        reading, "parallel_map", lambda read, paths: taken.append(len(paths)) or []
    )
    for side in (64, 1024, 9000):
        taken.clear()
        list(read_photos(["x"] * 200, Preprocessing((side, side))))
        assert max(taken) == {64: 64, 1024: 5, 9000: 1}[side]


@pytest.mark.parametrize(
    ("seconds", "counts"), [(0.0, [16, 32, 64, 64, 24]), (9.0, [16] * 12 + [8])]
)
def test_chunks_grow_while_they_are_read_quickly(monkeypatch, seconds, counts):
    clock, taken = [0.0], []

    def one_after_another(read, paths):
        clock[0] += seconds
        taken.append(len(paths))
        return []

    monkeypatch.setattr(reading, "parallel_map", one_after_another)
    monkeypatch.setattr(reading.time, "perf_counter", lambda: clock[0])
    list(read_photos(["x"] * 200, SMALL))
    assert taken == counts


def screen(out):
    """Return what a terminal shows in the end."""
    shown = ""
    for line in out.split("\r"):  # later characters overwrite earlier ones
        shown = line + shown[len(line) :]
    return shown.strip()


def test_a_line_shows_the_progress_and_is_wiped(photos, monkeypatch, capsys):
    monkeypatch.setattr(text, "can_overwrite", lambda: True)
    monkeypatch.setattr(reading, "MIN_CHUNK", 2)
    monkeypatch.setattr(reading, "QUIET_SECONDS", -1)
    list(read_photos(photos, SMALL))
    out = capsys.readouterr().out
    assert "Reading photos: 0 of 7" in out and "Reading photos: 6 of 7" in out
    assert screen(out) == "" and "\n" not in out


def test_no_line_for_a_short_time_or_in_a_file(photos, monkeypatch, capsys):
    monkeypatch.setattr(text, "can_overwrite", lambda: True)
    list(read_photos(photos, SMALL))
    monkeypatch.setattr(text, "can_overwrite", lambda: False)
    monkeypatch.setattr(reading, "QUIET_SECONDS", -1)
    list(read_photos(photos, SMALL))
    assert capsys.readouterr().out == ""


def test_photos_that_are_not_cached_are_read_again_in_parallel(tmp_path, monkeypatch):
    for number in range(6):
        folder = tmp_path / "ab"[number % 2]
        folder.mkdir(exist_ok=True)
        Image.new("RGB", (6, 6), (10 * number,) * 3).save(folder / f"{number}.png")
    settings = {"target_size": (4, 5), "shuffle": False}
    flow = ImageDataGenerator().flow_from_directory
    cached, read = (
        flow(tmp_path, **settings),
        flow(tmp_path, **settings, cache_bytes=60),
    )
    monkeypatch.setenv(threads.SETTING, "3")
    assert np.array_equal(next(cached)[0], next(read)[0])


def test_a_thread_that_needs_more_memory_than_is_left_waits(monkeypatch):
    budget, order = MemoryBudget(10), []

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
    with budget.take(10):  # all of it is available again
        pass


def test_the_memory_is_reserved_while_a_photo_is_converted(photos, monkeypatch):
    reserved, left = [], []

    class Watched(MemoryBudget):
        def take(self, amount):
            reserved.append(amount)
            return super().take(amount)

    budget = Watched(1000)
    monkeypatch.setattr(decoding, "MEMORY_BUDGET", budget)
    converted = decoding.converted
    monkeypatch.setattr(
        "tinycnn.preprocessing.photos.converted",
        lambda *a: left.append(budget._left) or converted(*a),
    )
    load_img(photos[0], target_size=(4, 5))
    assert reserved == [8 * 6 * 6 + 32 * 12]
    assert left == [1000 - reserved[0]] and budget._left == 1000
    with pytest.raises(PhotoError):
        load_img(photos[3])
    assert budget._left == 1000


def test_pillows_warnings_are_ignored_in_every_thread_and_the_filters_restored(
    tmp_path,
):
    path = tmp_path / "corrupt.jpg"
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff\x01\x00"  # 65,535 entries
    Image.new("RGB", (6, 6)).save(path, exif=exif)
    before = list(warnings.filters)
    failed = []

    def read_repeatedly():
        try:
            for _ in range(50):
                load_img(path)
        except Exception as error:
            failed.append(error)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        filters = list(warnings.filters)
        readers = [threading.Thread(target=read_repeatedly) for _ in range(4)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        assert warnings.filters == filters
    assert warned == [] and failed == []
    assert list(warnings.filters) == before
    with (
        pytest.warns(UserWarning, match="Corrupt EXIF"),
        Image.open(path) as image,
    ):
        image.getexif()
