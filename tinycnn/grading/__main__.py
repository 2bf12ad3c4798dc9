"""The process that checks one part: python -m tinycnn.grading FILE PART RESULT."""

import sys
from pathlib import Path

from tinycnn.grading.grader import grade_part


def main(file: str, name: str, result: str) -> None:
    """Check one part and write its grade to the file RESULT as JSON."""
    grade = grade_part(Path(file), name)
    Path(result).write_text(grade.to_json(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
