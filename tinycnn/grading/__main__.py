"""The process of its own: python -m tinycnn.grading FILE PART RESULT."""

import sys
from pathlib import Path

from tinycnn.grading.verdicts import answer_for


def main(file: str, part: str, result: str) -> None:
    """Check one part and write the answer into a file as JSON."""
    answer = answer_for(Path(file), part)
    Path(result).write_text(answer.to_json(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
