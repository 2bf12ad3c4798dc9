"""A class's results as a table: a row for each student, a column for each part."""

from pathlib import Path

from tinycnn.grading.answer import RIGHT, Answer


def table(found: dict[Path, list[Answer]]) -> list[list[str]]:
    """Return the rows of a table, the header first.

    Parameters
    ----------
    found : dict of Path to list of Answer
        What was said of the parts of each file.

    Notes
    -----
    A file is called by its name without folder and ".py" if no two have the same one.
    The last column counts the parts that are right and their author's own. A file that
    cannot be loaded has the reason in each column.

    Examples
    --------
    >>> said = [Answer("MyReLU"), Answer("MyDense", "WRONG")]
    >>> table({Path("students/anna.py"): said})
    [['file', 'MyReLU', 'MyDense', 'right of 2'], ['anna', 'right', 'WRONG', '1']]
    """
    every = [answer for given in found.values() for answer in given]
    parts = list(dict.fromkeys(answer.part for answer in every if answer.part))
    are_told_apart = len({path.stem.casefold() for path in found}) == len(found)
    rows = [["file", *parts, f"right of {len(parts)}"]]
    for path, given in found.items():
        cells = {answer.part: answer.cell for answer in given}
        missing = cells.get("", "missing")  # a file that cannot be loaded
        right = sum(one.verdict == RIGHT and not one.borrowed for one in given)
        name = path.stem if are_told_apart else str(path)
        rows.append([name, *(cells.get(part, missing) for part in parts), str(right)])
    return rows
