"""Write the table of the museum.

    python tests/diagnosis/museum_table.py [--write docs/museum.md]

Each bug, which checks catch it, and the cause that the diagnosis names.
"""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [
    str(Path(__file__).parents[1]),
    str(Path(__file__).parents[1] / "helpers"),
]

import test_museum  # noqa: E402
from museum import layers, losses, optimizers  # noqa: E402
from museum.naming import named  # noqa: E402

HEAD = """\
# The museum of bugs

Small, realistic mistakes: the published ones that were read in other from-scratch
networks, and the usual ones of students. Each is a few lines that spoil one method of
the library's own class (`tests/museum/`). The tests fail if one of them is caught by no
check, if a check catches none, or if something right is blamed
(`tests/diagnosis/test_museum.py`). This page is written by
`python tests/diagnosis/museum_table.py --write docs/museum.md`.

"Named" is the cause that `tinycnn.diagnosis` gives, as `python -m tinycnn.check FILE`
prints it in words.
"""


def what_of(thing):
    """Return the first line of its description; in a table, a bar ends the cell."""
    return type(thing).__doc__.splitlines()[0].replace("|", "\\|")


def page():
    """Return the page, and the names of the bugs that nothing catches."""
    rooms = {"layers": layers, "losses": losses, "optimizers": optimizers}
    lines, loose, count, right = [], [], 0, 0
    for room, module in rooms.items():
        checks, exhibits = test_museum.ROOMS[room]
        lines += ["", f"## Wrong {room}", ""]
        lines += ["| bug | what it does | caught by | named |", "| - | - | - | - |"]
        for exhibit, (one, *case) in zip(module.EXHIBITS, exhibits, strict=True):
            caught = test_museum.caught_by(checks, one, *case)
            causes = named(exhibit)
            count, right = count + 1, right + (causes == [exhibit[-1]])
            loose += [] if caught else [type(one).__name__]
            lines.append(
                f"| {type(one).__name__} | {what_of(one)} | "
                f"{', '.join(c.__name__.replace('_', ' ') for c in caught)} | "
                f"{', '.join(f'`{cause}`' for cause in causes) or '-'} |"
            )
    summary = (
        f"\n{count} bugs: {count - len(loose)} caught, {right} named rightly and "
        "nothing else with them.\n"
    )
    return HEAD + summary + "\n".join(lines) + "\n", loose


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--write", type=Path, help="the page to write")
    options = parse.parse_args()
    text, loose = page()
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 1 if loose else 0


if __name__ == "__main__":
    sys.exit(main())
