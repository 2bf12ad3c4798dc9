"""The process that checks one part: python -m tinycnn.grading FILE PART RESULT."""

import os
import sys
from pathlib import Path

from tinycnn.grading.grade import Grade
from tinycnn.grading.grader import grade_part
from tinycnn.grading.notebooks import SUFFIX


def main(file: str, name: str, result: str) -> None:
    """Check one part and write its grade to the file RESULT as JSON."""
    path = Path(file).resolve()
    if path.suffix == SUFFIX:
        os.chdir(path.parent)  # as Jupyter does

    def save(grade: Grade) -> None:
        Path(result).write_text(grade.to_json(), encoding="utf-8")

    save(grade_part(path, name, save))


if __name__ == "__main__":
    main(*sys.argv[1:])
