"""Worker processes, and programs timed from start to end, seen from outside."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from contenders import TINYCNN

HERE = Path(__file__).parent


class WorkerError(RuntimeError):
    """A worker or program ended too early; the message is the last it said."""


def what_it_said(errors):
    """The last line that names an error, else the last line."""
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").split("\n")
    said = [line for line in lines if line.strip()] or ["it said nothing"]
    named = [line for line in said if re.match(r"[\w.]+(Error|Exception|Exit)\b", line)]
    return (named or said)[-1]


def draw(folder, train_count, test_count, size, *rows):
    """Draw photos into folder/train and folder/test; see draw.py."""
    sizes = map(str, (train_count, test_count, size, *rows))
    command = [sys.executable, HERE / "draw.py", folder, *sizes]
    subprocess.run(command, env=TINYCNN.variables(), check=True)


class Worker:
    """A process of one contender that repeats one thing when it is asked to."""

    def __init__(self, contender, prepare, arguments):
        self.contender = contender
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, HERE / "serve.py", contender.peer],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=contender.variables(),
            text=True,
            encoding="utf-8",
        )
        self._question = {"prepare": prepare, "arguments": arguments}

    def prepare(self):
        self._ask(self._question)

    def repeat(self):
        """Seconds of one repetition, by what was timed."""
        return self._ask({"repeat": 1})

    def peak_bytes(self):
        return self._ask({"peak": 1})

    def _ask(self, question):
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            raise WorkerError(f"{self.contender.name}: {what_it_said(self._errors)}")
        return json.loads(answer)

    def close(self):
        self._process.kill()
        self._process.communicate()
        self._errors.close()


class Program:
    """A program of one contender that is run from start to end for each repetition."""

    def __init__(self, contender, command):
        self.contender = contender
        self._command = [sys.executable, *map(str, command)]
        self._peak = None

    def prepare(self):
        """Nothing: that is the point."""

    def repeat(self):
        with tempfile.TemporaryFile() as errors:
            start = perf_counter()
            process = subprocess.Popen(
                self._command,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=self.contender.variables(),
            )
            if hasattr(os, "wait4"):
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                unit = 1 if sys.platform == "darwin" else 1024
                self._peak = max(self._peak or 0, usage.ru_maxrss * unit)
            failed = process.wait()
            seconds = perf_counter() - start
            if failed:
                raise WorkerError(f"{self.contender.name}: {what_it_said(errors)}")
        return {"whole": seconds}

    def peak_bytes(self):
        """Peak memory of the largest run; None where the system does not say."""
        return self._peak

    def close(self):
        """Nothing runs between repetitions."""
