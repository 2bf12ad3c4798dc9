"""tinycnn.datasets.download: a file whole and right, or nothing at all."""

import hashlib
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import environment, program
from drawn_sets import IDX_NAMES, digits, npz
from loopback import send, serving

from tinycnn.datasets import download as module
from tinycnn.datasets.download import (
    DatasetError,
    Mirror,
    MirrorError,
    RemoteFile,
    download,
)

CONTENT = bytes(range(256)) * 1000
OTHER = CONTENT[::-1]


def remote(name, content=CONTENT):
    return RemoteFile(name, len(content), hashlib.sha256(content).hexdigest())


def files_of(folder):
    """All files below a folder, hidden ones too."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def without_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(module, "TIME_OUT", 0.3)


@pytest.fixture
def mirrors(server):
    return tuple(Mirror(f"{server.url}{m}/", (remote("set"),)) for m in "ab")


def test_a_file_is_brought_and_one_line_says_so(
    server, mirrors, tmp_path, capsys, monkeypatch
):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    server.answers["/a/set"] = CONTENT
    folder = tmp_path / "not yet" / "there"
    download(mirrors, folder)
    assert (folder / "set").read_bytes() == CONTENT
    assert files_of(tmp_path) == ["set"]
    out = capsys.readouterr().out
    assert out == f"Downloading set (250.0 KiB) from {server.url}a/ into {folder}\n"


def test_a_second_time_nothing_is_requested(server, mirrors, tmp_path):
    server.answers["/a/set"] = CONTENT
    download(mirrors, tmp_path)
    download(mirrors, tmp_path)
    assert server.requests == ["/a/set"]


def test_a_file_that_is_there_is_never_replaced(server, mirrors, tmp_path):
    server.answers["/a/set"] = CONTENT
    (tmp_path / "set").write_bytes(b"the user's")
    download(mirrors, tmp_path)
    assert (tmp_path / "set").read_bytes() == b"the user's"


def test_a_file_that_came_meanwhile_is_not_replaced(server, mirrors, tmp_path):
    def answer(handler):
        (tmp_path / "set").write_bytes(b"the other process's")
        send(handler, CONTENT)

    server.answers["/a/set"] = answer
    download(mirrors, tmp_path)
    assert (tmp_path / "set").read_bytes() == b"the other process's"
    assert files_of(tmp_path) == ["set"]


def test_a_terminal_sees_how_far_it_is(server, mirrors, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("tinycnn.text.can_overwrite", lambda: True)
    server.answers["/a/set"] = CONTENT
    download(mirrors, tmp_path)
    out = capsys.readouterr().out
    assert f"\rset: connecting to {server.url}a/" in out
    assert "\rset: 250.0 KiB of 250.0 KiB" in out
    assert out.endswith("\r")  # the line is wiped


def no_answer_yet(handler):
    time.sleep(1.5)


def half_and_no_more(handler):
    send(handler, CONTENT[:1000], len(CONTENT))
    handler.wfile.flush()
    time.sleep(1.5)


def drop_by_drop(handler):
    send(handler, b"", len(CONTENT))
    for byte in CONTENT[:100]:  # two seconds
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.02)


def goes_away(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


def redirect_to(url):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", url)
        handler.end_headers()

    return answer


FAILURES = {
    "dead": (None, "HTTP 404 Not Found"),
    "wrong hash": (OTHER, "set has SHA-256 "),
    "html": (b"<html>Sign in", "stopped after 13 of 256,000 bytes"),
    "too long": (CONTENT + b"0", "sent more than the 256,000 bytes of the file"),
    "empty": (b"", "stopped after 0 of 256,000 bytes"),
    "half": (
        lambda handler: send(handler, CONTENT[:1000], len(CONTENT)),
        "stopped after 1,000 of 256,000 bytes",
    ),
    "hangs": (no_answer_yet, "no answer, or too slow, for 0.3 s"),
    "hangs half way": (half_and_no_more, "no answer, or too slow, for 0.3 s"),
    "drop by drop": (drop_by_drop, "no answer, or too slow, for 0.3 s"),
    "goes away": (goes_away, "Remote end closed connection without response"),
    "no http": (lambda handler: handler.wfile.write(b"SSH\r\n"), "SSH"),
    "redirect to nowhere": (redirect_to("/nowhere"), "HTTP 404 Not Found"),
    "redirect to itself": (
        redirect_to("/a/set"),
        "HTTP 302 The HTTP server returned a",
    ),
    "redirect to a file": (redirect_to("file:///etc/passwd"), "HTTP 302 Found - Redir"),
    "redirect to no address": (redirect_to("http://[1"), "Invalid IPv6 URL"),
}


@pytest.mark.parametrize(("answer", "reason"), FAILURES.values(), ids=FAILURES)
def test_a_mirror_that_fails_leaves_nothing_and_the_reason(
    server, mirrors, tmp_path, quick, answer, reason
):
    server.answers["/a/set"] = answer
    with pytest.raises(MirrorError) as caught:
        download(mirrors[:1], tmp_path)
    message = str(caught.value)
    assert reason in message
    assert message.startswith("127.0.0.1:")
    assert message.isprintable()
    assert files_of(tmp_path) == []


@pytest.mark.parametrize(("answer", "_"), FAILURES.values(), ids=FAILURES)
def test_the_next_mirror_is_tried(server, mirrors, tmp_path, quick, answer, _):
    server.answers.update({"/a/set": answer, "/b/set": CONTENT})
    download(mirrors, tmp_path)
    assert (tmp_path / "set").read_bytes() == CONTENT
    assert files_of(tmp_path) == ["set"]
    assert server.requests[0] == "/a/set"
    assert server.requests[-1] == "/b/set"


def test_a_redirect_is_followed(server, mirrors, tmp_path):
    server.answers["/a/set"] = redirect_to("/elsewhere")
    server.answers["/elsewhere"] = CONTENT
    download(mirrors, tmp_path)
    assert (tmp_path / "set").read_bytes() == CONTENT


def test_no_server_and_no_name_are_reasons(tmp_path, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # and never listens
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        mirrors = (Mirror(url, (remote("set"),)), Mirror(url, (remote("set"),)))
        with pytest.raises(MirrorError, match=r"^127.0.0.1:\d+: [^:]*refused[^:]*$"):
            download(mirrors, tmp_path)

    def refuse(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    mirrors = tuple(
        Mirror(f"http://{name}.invalid/", (remote("set"),)) for name in "abc"
    )
    message = r"^a\.invalid, b\.invalid, c\.invalid: no such name is known here; is the"
    with pytest.raises(MirrorError, match=message):
        download(mirrors, tmp_path)
    assert files_of(tmp_path) == []


def test_the_files_a_mirror_delivered_before_it_failed_are_kept(server, tmp_path):
    files = (remote("one"), remote("two", OTHER))
    mirrors = tuple(Mirror(f"{server.url}{m}/", files, "set") for m in "ab")
    server.answers.update({"/a/one": CONTENT, "/a/two": CONTENT, "/b/two": OTHER})
    download(mirrors, tmp_path)
    assert (tmp_path / "set" / "two").read_bytes() == OTHER
    assert server.requests == ["/a/one", "/a/two", "/b/two"]


@pytest.mark.parametrize("moment", ["say", "size_of"])
def test_ctrl_c_leaves_nothing(server, mirrors, tmp_path, monkeypatch, moment):
    def interrupt(*_):
        assert len(files_of(tmp_path)) == 1
        raise KeyboardInterrupt

    server.answers["/a/set"] = CONTENT
    monkeypatch.setattr(module, moment, interrupt)
    with pytest.raises(KeyboardInterrupt):
        download(mirrors, tmp_path)
    assert files_of(tmp_path) == []
    monkeypatch.undo()
    monkeypatch.setenv("no_proxy", "*")
    download(mirrors, tmp_path)  # and no lock is held


def test_a_folder_that_cannot_be_written_costs_no_request(server, mirrors, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    message = r"could not write .*set: .*; set the environment variable TINYCNN_HOME to"
    with pytest.raises(DatasetError, match=message):
        download(mirrors, tmp_path / "file" / "datasets")
    assert server.requests == []


def test_a_read_only_folder_costs_no_request(server, mirrors, tmp_path, monkeypatch):
    def refuse(path, mode="r", **_):  # the superuser may write everywhere
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(
        DatasetError, match=r"could not write .*set: Permission denied;"
    ):
        download(mirrors, tmp_path)
    assert server.requests == []


def test_a_full_disk_is_not_the_mirrors_fault(server, mirrors, tmp_path, monkeypatch):
    def refuse(_):
        raise OSError(28, "No space left on device")

    server.answers["/a/set"] = CONTENT
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(
        DatasetError, match=r"could not write .*set: No space left on d"
    ):
        download(mirrors, tmp_path)
    assert server.requests == ["/a/set"]
    assert files_of(tmp_path) == []


def test_what_killed_processes_left_is_removed_and_nothing_else(
    server, mirrors, tmp_path
):
    server.answers["/a/set"] = CONTENT
    old = time.time() - 2 * module.ABANDONED
    names = [".set.tinycnn-7.part", ".set.tinycnn-8.part", ".other.tinycnn-7.part"]
    for name in names:
        (tmp_path / name).write_bytes(b"half")
        if name != names[1]:  # that one is being written
            os.utime(tmp_path / name, (old, old))
    download(mirrors, tmp_path)
    assert files_of(tmp_path) == sorted([*names[1:], "set"])


def test_threads_download_once(server, mirrors, tmp_path):
    server.answers["/a/set"] = lambda handler: (time.sleep(0.2), send(handler, CONTENT))
    threads = [
        threading.Thread(target=download, args=(mirrors, tmp_path)) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.requests == ["/a/set"]
    assert files_of(tmp_path) == ["set"]


PROGRAM = """
import dataclasses, sys
from tinycnn.datasets import mnist
from tinycnn.datasets.download import Mirror, RemoteFile
file = RemoteFile("mnist.npz", int(sys.argv[2]), sys.argv[3])
mirrors = (Mirror(sys.argv[1], (file,)),)
mnist.MNIST = dataclasses.replace(mnist.MNIST, counts=(6, 3), mirrors=mirrors)
(x, y), _ = mnist.load_data()
print(x.shape, y.tolist())
"""


def test_two_processes_at_once_both_get_it(server, tmp_path):
    content = npz(digits())
    both_are_here = threading.Barrier(2, timeout=60)

    def answer(handler):
        both_are_here.wait()
        send(handler, content)

    server.answers["/mnist.npz"] = answer
    (tmp_path / "script.py").write_text(PROGRAM)
    file = remote("mnist.npz", content)
    command = program(tmp_path / "script.py", server.url, file.size, file.sha256)
    home = tmp_path / "home"
    runs = [
        subprocess.Popen(
            command,
            env={**environment(), "TINYCNN_HOME": str(home), "no_proxy": "*"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for run in runs:
        out, err = run.communicate(timeout=100)
        assert (run.returncode, err) == (0, "")
        assert out.splitlines()[-1] == "(6, 28, 28) [0, 1, 2, 3, 4, 5]"
    assert files_of(home) == ["mnist.npz"]


def test_importing_and_naming_the_sets_downloads_and_loads_nothing(tmp_path):
    code = (
        "import sys, tinycnn; assert 'tinycnn.datasets' not in sys.modules; "
        "assert 'urllib.request' not in sys.modules; "
        "sys.addaudithook(lambda e, a: exit(e) if e.startswith('socket') else None); "
        "print([callable(getattr(tinycnn.datasets, n).load_data) for n in "
        "('mnist', 'fashion_mnist', 'cifar10')]); "
        "from tinycnn.datasets import mnist, fashion_mnist, cifar10; "
        "print([m for m in ('PIL', 'matplotlib') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment(), "TINYCNN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.split("\n")[:2] == ["[True, True, True]", "[]"]
    assert list(tmp_path.iterdir()) == []


def test_the_published_files_fit_what_they_are():
    """Sizes and sums have the form they should, and the names are what is read."""
    from tinycnn.datasets import cifar10, fashion_mnist, mnist

    for dataset in (mnist.MNIST, fashion_mnist.FASHION_MNIST, cifar10.CIFAR10):
        assert len(dataset.mirrors) == 3
        for mirror in dataset.mirrors:
            assert mirror.url.startswith(("https://", "http://fashion-mnist.s3"))
            assert mirror.url.endswith("/")
            for file in mirror.files:
                assert len(bytes.fromhex(file.sha256)) == 32
                in_cache = f"{mirror.folder}/{file.name}".strip("/")
                is_idx = in_cache.split("/")[-1].removesuffix(".gz") in IDX_NAMES
                assert in_cache in dataset.files or (
                    is_idx and mirror.folder in dataset.folders
                )
