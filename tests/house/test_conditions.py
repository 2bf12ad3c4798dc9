"""The conditions hold: in tests, in fixtures, in the programs that tests start."""

import socket
import subprocess
import sys

import numpy as np
import pytest
from conftest import command_line, environment, program

from tinycnn.layers import Conv2D, Dense

HUGE = np.float32(3e38)
FAILURES = {
    "overflow": "import numpy as np; np.full(2, 3e38, np.float32) * np.float32(10)",
    "divide by zero": "import numpy as np; np.ones(1) / np.zeros(1)",
    "invalid value": "import numpy as np; np.zeros(1) / np.zeros(1)",
    "no network": "import socket; socket.create_connection(('192.0.2.1', 80))",
}


@pytest.fixture(scope="session")
def settings_of_a_fixture():
    return np.geterr()


def test_numpys_errors_are_raised_and_underflow_is_not(settings_of_a_fixture):
    raised = {"divide": "raise", "over": "raise", "invalid": "raise"}
    assert settings_of_a_fixture == np.geterr() == {**raised, "under": "ignore"}
    assert np.float32(1e-30) * np.float32(1e-30) == 0


@pytest.mark.parametrize(
    ("layer", "shape"), [(Conv2D(1, 1), (1, 2, 2, 1)), (Dense(1), (1, 2))]
)
def test_an_overflow_in_a_layers_products_fails_a_test(layer, shape):
    x = np.full(shape, HUGE)
    layer(np.zeros_like(x))
    layer.params["kernel"][...] = HUGE
    with pytest.raises(FloatingPointError, match="overflow"):
        layer.forward(x)


def test_nothing_reaches_for_the_network():
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        for reach in (
            lambda: one.connect(("192.0.2.1", 80)),
            lambda: one.sendto(b"", ("192.0.2.1", 80)),
            lambda: socket.create_connection(("192.0.2.1", 80)),
            lambda: socket.getaddrinfo("example.invalid", 80),
            lambda: socket.gethostbyname("example.invalid"),
        ):
            with pytest.raises(RuntimeError, match="no network in tests: socket"):
                reach()


def test_a_server_on_this_computer_is_reached():
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", b"127.0.0.1"):
            port = server.getsockname()[1]
            assert socket.getaddrinfo(host, port)[0][4] == ("127.0.0.1", port)
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(b"7")
            with server.accept()[0] as other:
                assert other.recv(1) == b"7"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1.example.invalid", "localhost.example.invalid", "192.0.2.1", "", None],
)
def test_what_only_looks_like_this_computer_is_not_reached(host):
    with pytest.raises(RuntimeError, match="no network in tests: socket"):
        socket.getaddrinfo(host, 80)


def test_a_socket_that_is_a_file_of_that_name_is_not_reached():
    with socket.socket() as one:
        with pytest.raises(RuntimeError, match="no network in tests: socket"):
            sys.audit("socket.connect", one, "127.0.0.1")


@pytest.mark.parametrize("name", ["spoiled", "spoiled.py"])
@pytest.mark.parametrize("reason", FAILURES)
def test_both_hold_in_programs_that_tests_start(reason, name, tmp_path):
    (tmp_path / "spoiled.py").write_text(FAILURES[reason])
    run = subprocess.run(
        program(name), cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert run.returncode == 1
    assert reason in run.stderr.splitlines()[-1]


def test_commands_are_started_that_way(command, tmp_path):
    assert command_line("train", 1) == program("tinycnn.train", 1)
    run = command("train", "--help", cwd=tmp_path)
    assert run.stdout.startswith("usage: python -m tinycnn.train")
