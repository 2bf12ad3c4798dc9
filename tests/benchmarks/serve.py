"""A worker: python serve.py PEER, then questions and answers as lines of JSON.

{"prepare": NAME, "arguments": {...}} calls that function of the peer, which returns the
repetition to time; {"repeat": 1} does it once and answers its figures, {"peak": 1} the
process's peak memory.
"""

import importlib
import json
import os
import sys
from pathlib import Path

try:
    import resource
except ImportError:  # Windows
    resource = None


def peak_bytes():
    """Peak memory of this process; None where the system does not say."""
    if resource is None:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main():
    # What the libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path.insert(0, str(Path(__file__).parent / "peers"))
    peer = importlib.import_module(sys.argv[1])
    repeat = None
    for line in sys.stdin:
        question = json.loads(line)
        answer = None
        if "prepare" in question:
            repeat = getattr(peer, question["prepare"])(**question["arguments"])
        elif "repeat" in question:
            answer = repeat()
        else:
            answer = peak_bytes()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
