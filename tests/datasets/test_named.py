"""tinycnn.datasets.mnist and the like: where a set is found, and its arrays."""

import dataclasses
import gzip
import hashlib
import socket
import tarfile
from pathlib import Path

import numpy as np
import pytest
from drawn_sets import (
    IDX_NAMES,
    cifar_files,
    digits,
    drawn,
    idx,
    idx_files,
    npz,
    tar_gz,
    trap,
)
from loopback import serving

import tinycnn
from tinycnn.datasets import cifar10, cifar100, fashion_mnist, mnist
from tinycnn.datasets.download import DatasetError, Mirror, RemoteFile
from tinycnn.datasets.named import cache_folder
from tinycnn.preprocessing.photo_lists.photo_list import FolderError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty TINYCNN_HOME and an empty KERAS_HOME, and no mirror but a closed one."""
    monkeypatch.setenv("TINYCNN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and never listens
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        for module, name in (
            (mnist, "MNIST"),
            (fashion_mnist, "FASHION_MNIST"),
            (cifar10, "CIFAR10"),
        ):
            dataset = getattr(module, name)
            first = dataset.mirrors[0]
            without_mirrors = dataclasses.replace(
                dataset,
                counts=(10, 2) if module is cifar10 else (6, 3),
                mirrors=(Mirror(url, first.files, first.folder),),
            )
            monkeypatch.setattr(module, name, without_mirrors)
        yield tmp_path / "home"


def write(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def assert_digits(parts, expected=None):
    for (x, y), (right_x, right_y) in zip(parts, expected or digits(), strict=True):
        assert x.dtype == y.dtype == np.uint8
        np.testing.assert_array_equal(x, right_x)
        np.testing.assert_array_equal(y, right_y)
        assert x.flags.c_contiguous
        x[0], y[0] = 1, 1  # as arrays out of Keras, they may be written to


def snapshot(folder):
    return {p: p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


BARE = {name.removesuffix(".gz"): gzip.decompress(content)
        for name, content in idx_files(digits()).items()}  # fmt: skip
PLACES = {
    "idx": (idx_files(digits()), "", ""),
    "idx, not compressed": (BARE, "", ""),
    "npz in a folder": ({"mnist.npz": npz(digits())}, "", ""),
    "npz": ({"any name.npz": npz(digits())}, "", "any name.npz"),
    "npz of another name": ({"digits.dat": npz(digits())}, "", "digits.dat"),
    "a folder above": (idx_files(digits()), "mnist", ""),
    "torchvision's root": (BARE, "MNIST/raw", ""),
}


@pytest.mark.parametrize(("files", "folder", "path"), PLACES.values(), ids=PLACES)
def test_mnist_comes_from_the_users_folder_or_file(
    tmp_path, capsys, files, folder, path
):
    write(tmp_path / "mine" / folder, files)
    before = snapshot(tmp_path)
    for given in (tmp_path / "mine" / path, str(tmp_path / "mine" / path)):
        assert_digits(mnist.load_data(given))
    assert snapshot(tmp_path) == before
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("place", "files"),
    [
        ("home/datasets", {"mnist.npz": npz(digits())}),
        ("home/datasets/mnist", idx_files(digits())),
        ("home/datasets/MNIST/raw", BARE),
        ("home/mnist", idx_files(digits())),
        ("home", {"mnist.npz": npz(digits())}),
        ("keras/datasets", {"mnist.npz": npz(digits())}),
    ],
)
@pytest.mark.parametrize("path", [None, "mnist.npz", "keras calls it.npz", "MNIST.zip"])
def test_mnist_comes_from_a_cache(tmp_path, monkeypatch, capsys, place, files, path):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / place, files)
    before = snapshot(tmp_path)
    assert_digits(tinycnn.datasets.mnist.load_data(path=path))
    assert_digits(mnist.load_data())
    assert snapshot(tmp_path) == before
    assert capsys.readouterr().out == ""


def test_a_file_beside_the_script_comes_before_the_cache(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = (digits()[0], (drawn((3, 28, 28), 7), digits()[1][1]))
    write(tmp_path, {"mnist.npz": npz(mine)})
    write(tmp_path / "home" / "datasets", {"mnist.npz": npz(digits())})
    assert_digits(mnist.load_data(), mine)


def test_our_cache_comes_before_keras(tmp_path):
    other = (digits()[0], (drawn((3, 28, 28), 7), digits()[1][1]))
    write(tmp_path / "keras" / "datasets", {"mnist.npz": npz(other)})
    write(tmp_path / "home" / "datasets" / "mnist", idx_files(digits()))
    assert_digits(mnist.load_data())


def test_keras_place_of_a_copy_that_is_not_there_is_named(tmp_path, capsys):
    write(tmp_path / "home" / "datasets", {"mnist.npz": npz(digits())})
    assert_digits(mnist.load_data(tmp_path / "content" / "mnist.npz"))
    out = capsys.readouterr().out
    assert f"there is no {tmp_path / 'content' / 'mnist.npz'}; MNIST comes from" in out


def test_idx_files_of_no_named_folder_are_nobodys_in_a_cache(home):
    """MNIST's and Fashion-MNIST's files have the same names."""
    write(home / "datasets", idx_files(digits()))
    for module in (mnist, fashion_mnist):
        with pytest.raises(DatasetError, match="could not be downloaded"):
            module.load_data()


def test_the_two_sets_are_told_apart(tmp_path, home):
    clothes = tuple((255 - x, y) for x, y in digits())
    write(home / "datasets" / "mnist", idx_files(digits()))
    write(home / "datasets" / "fashion-mnist", idx_files(clothes))
    assert_digits(mnist.load_data())
    assert_digits(fashion_mnist.load_data(), clothes)
    assert_digits(fashion_mnist.load_data(home / "datasets"), clothes)
    assert_digits(mnist.load_data(home / "datasets"))
    write(tmp_path, {"fashion.npz": npz(clothes)})
    assert_digits(fashion_mnist.load_data(tmp_path / "fashion.npz"), clothes)


def test_a_smaller_set_is_returned_and_one_line_says_so(tmp_path, capsys):
    small = digits(counts=(4, 2))
    write(tmp_path / "small", idx_files(small))
    assert_digits(mnist.load_data(tmp_path / "small"), small)
    assert capsys.readouterr().out == (
        f"MNIST: 4 training and 2 test images in {tmp_path / 'small'}; the whole set "
        "has 6 and 3\n"
    )


def test_a_home_in_a_users_folder_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("TINYCNN_HOME", "~/data")
    assert cache_folder() == tmp_path / "data" / "datasets"
    for nothing in ("", None):
        monkeypatch.setenv("TINYCNN_HOME", nothing or "")
        if nothing is None:
            monkeypatch.delenv("TINYCNN_HOME")
        assert cache_folder() == tmp_path / ".tinycnn" / "datasets"


def test_without_any_home_the_variable_is_named(monkeypatch):
    def refuse():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("TINYCNN_HOME")
    monkeypatch.setattr(Path, "home", refuse)
    with pytest.raises(DatasetError, match="set the environment variable TINYCNN_HOME"):
        mnist.load_data()


def serve(monkeypatch, server, module, name, files, folder=""):
    """Let a set's only mirror be this server."""
    server.answers.update({f"/{name}": content for name, content in files.items()})
    remote = tuple(
        RemoteFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in files.items()
    )
    dataset = dataclasses.replace(
        getattr(module, name), mirrors=(Mirror(server.url, remote, folder),)
    )
    monkeypatch.setattr(module, name, dataset)


def test_each_set_is_downloaded_once_and_read_from_the_cache(monkeypatch, home):
    sets = (
        (mnist, "MNIST", {"mnist.npz": npz(digits())}, ""),
        (fashion_mnist, "FASHION_MNIST", idx_files(digits()), "fashion-mnist"),
        (cifar10, "CIFAR10", {"cifar-10-binary.tar.gz": tar_gz(cifar_files())}, ""),
    )
    with serving() as server:
        for module, name, files, folder in sets:
            serve(monkeypatch, server, module, name, files, folder)
            first = module.load_data()
            assert server.requests == [f"/{file}" for file in files]
            second = module.load_data()
            assert len(server.requests) == len(files)
            server.requests.clear()
            for part, same in zip(first, second, strict=True):
                for array, equal in zip(part, same, strict=True):
                    np.testing.assert_array_equal(array, equal)
            for file, content in files.items():
                path = home / "datasets" / folder / file
                assert path.read_bytes() == content
    assert not [path for path in home.rglob(".*")]


def test_only_what_is_missing_of_a_set_is_downloaded(monkeypatch, home):
    files = idx_files(digits())
    with serving() as server:
        serve(monkeypatch, server, mnist, "MNIST", files, "mnist")
        write(home / "datasets" / "mnist", dict(list(files.items())[:3]))
        assert_digits(mnist.load_data())
        assert server.requests == ["/t10k-labels-idx1-ubyte.gz"]


def test_a_failed_download_names_the_files_and_the_folder(home):
    with pytest.raises(DatasetError) as caught:
        fashion_mnist.load_data()
    message = str(caught.value)
    assert message.isprintable()
    assert "refused" in message
    assert f" into {home / 'datasets' / 'fashion-mnist'}, or name your own" in message
    for name in IDX_NAMES:
        assert f"{name}.gz" in message
    assert isinstance(caught.value, FolderError)  # commands show it as one line
    assert caught.value.__suppress_context__  # and no other traceback stands above


def test_putting_the_named_file_into_the_named_folder_helps(home):
    with pytest.raises(DatasetError) as caught:
        mnist.load_data()
    folder = home / "datasets"
    assert "Put mnist.npz (from http://127.0.0.1:" in str(caught.value)
    assert f" into {folder}, or" in str(caught.value)
    write(folder, {"mnist.npz": npz(digits())})
    assert_digits(mnist.load_data())


@pytest.mark.parametrize("place", ["home/datasets", "keras/datasets"])
def test_a_wrong_file_in_a_cache_is_named_and_left(tmp_path, place):
    folder = write(tmp_path / place, {"mnist.npz": b"half a file"})
    message = r"mnist\.npz is not an \.npz file: .*; move it away, and the next call"
    with pytest.raises(DatasetError, match=message):
        mnist.load_data()
    assert (folder / "mnist.npz").read_bytes() == b"half a file"


def test_a_folder_in_the_place_of_a_file_is_named(home, monkeypatch):
    with serving() as server:
        serve(monkeypatch, server, mnist, "MNIST", {"mnist.npz": npz(digits())})
        (home / "datasets" / "mnist.npz").mkdir(parents=True)
        with pytest.raises(DatasetError, match="is a folder in the place of a file"):
            mnist.load_data()
        assert server.requests == []


WRONG = {
    "nowhere": (
        None,
        r"there is no file or folder .*mine; without path= MNIST is taken",
    ),
    "empty": (
        {},
        r"mine holds no MNIST; it should hold mnist\.npz or train-images-idx3",
    ),
    "other files": ({"notes.txt": b""}, "mine holds no MNIST; it should hold mnist"),
    "a part": (
        {"train-images-idx3-ubyte": b""},
        "is not an idx file of uint8 with 3 axes",
    ),
    "no test part": (
        dict(list(BARE.items())[:2]),
        r"mine holds no t10k-images-idx3-ubyte \(or \.gz\)",
    ),
    "large images": (
        idx_files(digits(shape=(28, 29))),
        r"its header gives the shape \(6, 28, 29\)",
    ),
    "small images": (
        idx_files(digits(shape=(14, 14))),
        r"mine is not MNIST: its images have shape \(14, 14\), should be \(28, 28\)",
    ),
    "bomb": (
        {
            **idx_files(digits()),
            "train-images-idx3-ubyte.gz": gzip.compress(
                idx(np.zeros((70000, 28, 28), np.uint8)), 1
            ),
        },
        r"its header gives the shape \(70000, 28, 28\)",
    ),
    "letters": (
        {"mnist.npz": npz(digits(), y_train=np.full(6, 26, np.uint8))},
        "is not MNIST: it has the label 26, should be 0 to 9",
    ),
    "fewer labels": (
        {"mnist.npz": npz(digits(), y_train=np.zeros(5, np.uint8))},
        r"6 images need as many labels, the labels have shape \(5,\)",
    ),
    "one-hot labels": (
        {"mnist.npz": npz(digits(), y_test=np.zeros((3, 1, 1), np.uint8))},
        r"3 images need as many labels, the labels have shape \(3, 1, 1\)",
    ),
    "one number": (
        {"mnist.npz": npz(digits(), x_test=np.uint8(3))},
        r"its images have shape \(\), should be \(28, 28\)",
    ),
    "floats": (
        {"mnist.npz": npz(digits(), x_train=np.zeros((6, 28, 28)))},
        "holds x_train as float64, should be uint8",
    ),
}


@pytest.mark.parametrize(("files", "message"), WRONG.values(), ids=WRONG)
def test_a_users_folder_that_is_something_else_is_an_error(tmp_path, files, message):
    if files is not None:
        write(tmp_path / "mine", files)
    before = snapshot(tmp_path)
    with pytest.raises(DatasetError, match=message) as caught:
        mnist.load_data(tmp_path / "mine")
    assert str(caught.value).isprintable()
    assert snapshot(tmp_path) == before


def test_an_unreadable_folder_is_one_line(tmp_path, monkeypatch):
    def refuse(path, *_, **__):  # the superuser may read everything
        raise PermissionError(13, "Permission denied", str(path))

    write(tmp_path / "mine", {"mnist.npz": npz(digits())})
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DatasetError, match=r"mine.mnist\.npz: Permission denied$"):
        mnist.load_data(tmp_path / "mine")


def test_a_closed_output_is_not_a_folders_fault(tmp_path, monkeypatch):
    def refuse(_):
        raise BrokenPipeError(32, "Broken pipe")

    write(tmp_path, {"mnist.npz": npz(digits(counts=(4, 2)))})
    monkeypatch.setattr("tinycnn.datasets.named.say", refuse)
    with pytest.raises(BrokenPipeError):
        mnist.load_data(tmp_path)


def test_the_same_file_of_another_kind_is_refused(tmp_path):
    write(tmp_path, {"train-images-idx3-ubyte": BARE["train-images-idx3-ubyte"]})
    message = "is not a file that MNIST comes in; use mnist.npz or train-images-idx3-ub"
    with pytest.raises(DatasetError, match=message):
        mnist.load_data(tmp_path / "train-images-idx3-ubyte")


# CIFAR-10


def assert_cifar(parts, files, count):
    """Compare with the records, read by loops."""
    (x_train, y_train), (x_test, y_test) = parts
    names = list(files)
    for x, y, part in ((x_train, y_train, names[:5]), (x_test, y_test, names[5:])):
        assert x.shape == (count * len(part), 32, 32, 3)
        assert y.shape == (count * len(part), 1)
        assert x.dtype == y.dtype == np.uint8
        assert x.flags.c_contiguous
        content = b"".join(files[name] for name in part)
        for n in range(len(x)):
            record = content[n * 3073 : (n + 1) * 3073]
            assert y[n, 0] == record[0]
            for row, column, channel in ((0, 0, 0), (3, 17, 1), (31, 30, 2)):
                place = 1 + channel * 32 * 32 + row * 32 + column
                assert x[n, row, column, channel] == record[place]
        x[0], y[0] = 1, 1


@pytest.mark.parametrize("kind", ["files", "folder of them", "archive", "path of one"])
def test_cifar10_comes_from_binary_files_and_their_archive(tmp_path, capsys, kind):
    files = cifar_files()
    mine = tmp_path / "mine"
    if kind == "files":
        write(mine, files)
    elif kind == "folder of them":
        write(mine / "cifar-10-batches-bin", files)
    else:
        write(mine, {"cifar-10-binary.tar.gz": tar_gz(files)})
    if kind == "path of one":
        mine = mine / "cifar-10-binary.tar.gz"
    before = snapshot(tmp_path)
    assert_cifar(cifar10.load_data(mine), files, count=2)
    assert snapshot(tmp_path) == before
    assert capsys.readouterr().out == ""


def test_cifar10_comes_from_the_cache_and_from_an_npz(tmp_path, home):
    files = cifar_files()
    parts = cifar10.load_data(write(tmp_path / "mine", files))
    write(home / "datasets", {"cifar10.npz": npz(parts)})
    assert_cifar(cifar10.load_data(), files, count=2)


@pytest.mark.parametrize("name", ["cifar10", "cifar-10"])
def test_cifar10_comes_from_an_archive_unpacked_in_its_folder(home, name):
    files = cifar_files()
    write(home / "datasets" / name / "cifar-10-batches-bin", files)
    assert_cifar(cifar10.load_data(), files, count=2)


def test_cifar10s_labels_have_keras_shape_out_of_any_file(tmp_path):
    (x, y), test = cifar10.load_data(write(tmp_path / "mine", cifar_files()))
    write(tmp_path, {"flat.npz": npz(((x, y[:, 0]), test))})
    assert cifar10.load_data(tmp_path / "flat.npz")[0][1].shape == (10, 1)


@pytest.mark.parametrize("kind", ["folder", "batch", "archive", "renamed archive"])
def test_pickles_are_refused_unread_with_the_way_out(tmp_path, kind):
    marker = tmp_path / "the pickle was read"
    batches = {f"data_batch_{n}": trap(marker) for n in range(1, 6)}
    batches["test_batch"] = trap(marker)
    name = "any.tar.gz" if kind == "renamed archive" else "cifar-10-python.tar.gz"
    if kind in ("folder", "batch"):
        path = write(tmp_path / "cifar-10-batches-py", batches)
        path = path / "test_batch" if kind == "batch" else path
    else:
        write(tmp_path, {name: tar_gz(batches, "cifar-10-batches-py/")})
        path = tmp_path / name
    message = (
        r"is not read: (it is a pickle|it holds pickles), which can run code; use "
        r"cifar-10-binary\.tar\.gz \(the binary version, from http"
    )
    for given in {path, tmp_path if kind == "archive" else path}:
        with pytest.raises(DatasetError, match=message):
            cifar10.load_data(given)
    assert not marker.exists()


@pytest.mark.parametrize("place", ["home/datasets", "keras/datasets"])
def test_pickles_in_a_cache_are_named_when_there_is_no_other_way(tmp_path, place):
    marker = tmp_path / "the pickle was read"
    folder = tmp_path / place / "cifar-10-batches-py"
    write(folder, {"data_batch_1": trap(marker)})
    message = r"cifar-10-batches-py is not read: it is a pickle, which can run code$"
    with pytest.raises(DatasetError, match=message):
        cifar10.load_data()
    assert not marker.exists()


def without(name):
    return {file: content for file, content in cifar_files().items() if file != name}


WRONG_CIFAR = {
    "a file is missing": (without("data_batch_3.bin"), "holds no data_batch_3.bin"),
    "a file is cut off": (
        {**cifar_files(), "data_batch_2.bin": b"\1" * 3000},
        "data_batch_2.bin should hold records of 3,073 bytes, at most .* 3,000 bytes",
    ),
    "a file is empty": (
        {**cifar_files(), "test_batch.bin": b""},
        "test_batch.bin should hold records of 3,073 bytes, .* it holds 0 bytes",
    ),
    "a file is CIFAR-100's": (
        {**cifar_files(), "test_batch.bin": b"\1" * 3074},
        "test_batch.bin should hold records of 3,073 bytes, .* it holds 3,074 bytes",
    ),
    "a label is too large": (
        {**cifar_files(), "test_batch.bin": b"\x0a" * 3073},
        "is not CIFAR-10: it has the label 10, should be 0 to 9",
    ),
}


@pytest.mark.parametrize("kind", ["folder", "archive"])
@pytest.mark.parametrize(("files", "message"), WRONG_CIFAR.values(), ids=WRONG_CIFAR)
def test_other_files_than_cifar10s_are_an_error(tmp_path, files, message, kind):
    if kind == "archive":
        files = {"cifar-10-binary.tar.gz": tar_gz(files)}
    with pytest.raises(DatasetError, match=message):
        cifar10.load_data(write(tmp_path / "mine", files))


def test_files_larger_than_published_are_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar10.Cifar10, "most_records", 1)
    files = cifar_files(count=2)
    with pytest.raises(DatasetError, match=r"at most 3,073, it holds more"):
        cifar10.load_data(write(tmp_path / "mine", files))
    write(tmp_path, {"set.tar.gz": tar_gz(files)})
    with pytest.raises(DatasetError, match="should be a file of at most 3,073 bytes"):
        cifar10.load_data(tmp_path / "set.tar.gz")


def test_an_archive_is_unpacked_no_further_than_cifar10_goes(tmp_path, monkeypatch):
    monkeypatch.setattr(cifar10, "MAX_ARCHIVE", 2**17)
    bomb = tar_gz({"zeros": bytes(2**20), **cifar_files()})
    write(tmp_path, {"set.tar.gz": bomb})
    with pytest.raises(DatasetError, match="it unpacks to more than 131,072 bytes"):
        cifar10.load_data(tmp_path / "set.tar.gz")


def test_a_link_in_an_archive_is_not_followed(tmp_path):
    path = tmp_path / "set.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("data_batch_1.bin")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(DatasetError, match=r"data_batch_1\.bin should be a file of"):
        cifar10.load_data(path)


def test_a_damaged_archive_is_one_line_and_never_more(tmp_path):
    content = tar_gz(cifar_files(count=1))
    path = tmp_path / "set.tar.gz"
    for length in range(0, len(content), 311):
        path.write_bytes(content[:length])
        with pytest.raises(DatasetError):
            cifar10.load_data(path)
    rng = np.random.default_rng(0)
    plain = gzip.decompress(content)
    for number in range(300):
        # The archive's own words are in the blocks of 512 bytes before each file.
        changed = bytearray(plain if number % 2 else content)
        for _ in range(3):
            place = rng.integers(0, 6) * 3584 if number % 2 else 0
            place += rng.integers(0, 512 if number % 2 else len(content))
            changed[place] = rng.integers(0, 256)
        path.write_bytes(gzip.compress(changed, 1) if number % 2 else changed)
        try:
            cifar10.load_data(path)
        except DatasetError as error:
            assert str(error).isprintable()


def cifar100_files():
    """File name -> content: 3 photos to learn from and 2 to test with."""
    records = drawn((5, 3074), 8)
    records[:, 0] %= 20
    records[:, 1] %= 100
    return {"train.bin": records[:3].tobytes(), "test.bin": records[3:].tobytes()}


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_cifar100_has_the_labels_of_classes_or_of_groups(home, kind, capsys):
    files = cifar100_files()
    if kind == "folder":
        write(home / "datasets/cifar-100-binary", files)
    else:
        archive = tar_gz(files, "cifar-100-binary/")
        write(home / "datasets", {"cifar-100-binary.tar.gz": archive})
    records = np.frombuffer(files["train.bin"], np.uint8).reshape(3, 3074)
    for mode, place in (("fine", 1), ("coarse", 0)):
        (x, y), (x_test, y_test) = cifar100.load_data(label_mode=mode)
        assert x.shape == (3, 32, 32, 3)
        assert y.shape == (3, 1)
        assert len(x_test) == len(y_test) == 2
        assert y.ravel().tolist() == records[:, place].tolist()
        assert x[1, 0, 1].tolist() == records[1, [3, 1027, 2051]].tolist()
    assert "the whole set has 50,000 and 10,000" in capsys.readouterr().out


def test_a_cifar100_that_is_not_one_is_refused(tmp_path):
    with pytest.raises(ValueError, match="label_mode should be 'fine'"):
        cifar100.load_data("all")
    write(tmp_path / "mine", {"train.bin": bytes(3074)})
    with pytest.raises(DatasetError, match=r"holds no test\.bin"):
        cifar100.load_data(path=tmp_path / "mine")
    write(tmp_path / "mine", {"test.bin": bytes([0, 120]) + bytes(3072)})
    with pytest.raises(DatasetError, match="has the label 120, should be 0 to 99"):
        cifar100.load_data(path=tmp_path / "mine")
    write(tmp_path / "other", {"cifar-100-python.tar.gz": b"x"})
    with pytest.raises(DatasetError, match="it is a pickle, which can run code"):
        cifar100.load_data(path=tmp_path / "other")
