"""What Gradescope, GitHub Classroom, nbgrader and Otter need to mark a file."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tinycnn.grading.grade import HINTS
from tinycnn.grading.marks.notebook import nbgrader_notebook, otter_notebook


@dataclass(frozen=True)
class Assignment:
    """A file to fill in, and how it is marked.

    Attributes
    ----------
    stem : str
        The name of the file without its ending.
    source : str
        Its text.
    parts : list of str
        The names of the parts that are marked.
    points : dict of str to float
        The points of a part; 1 if it is not there.
    hint : int
        How much students are shown: see `Grade.hints`.
    """

    stem: str
    source: str
    parts: list[str]
    points: dict[str, float] = field(default_factory=dict)
    hint: int = HINTS

    def worth(self, name: str) -> float:
        """Return the points of a part."""
        return self.points.get(name, 1)

    @property
    def options(self) -> str:
        """The options of the check that differ from their defaults."""
        return f" --hint {self.hint}" if self.hint != HINTS else ""


SETUP = """\
#!/usr/bin/env bash
# Runs once, as root, when Gradescope builds the autograder. tinycnn needs Python 3.11
# or newer: choose Ubuntu 24.04 or newer as the base image. Put tinycnn's wheel beside
# this file before you zip both (python -m pip wheel --no-deps . makes it).
set -e
apt-get update
apt-get install -y python3 python3-venv
python3 -m venv /autograder/venv
/autograder/venv/bin/python -m pip install /autograder/source/tinycnn-*.whl
"""
RUN = """\
#!/usr/bin/env bash
# Runs for each submission. It succeeds even if parts are not right.
cd /autograder/submission || exit 1
/autograder/venv/bin/python -m tinycnn.check . --format gradescope{options} \\
    {only} \\
    > /autograder/results/results.json
exit 0
"""
WORKFLOW = """\
name: Autograding Tests
on: [push, workflow_dispatch, repository_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  run-autograding-tests:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      # Put tinycnn's wheel into the folder .github of the template repository
      # (python -m pip wheel --no-deps . makes it).
      - run: python -m pip install .github/tinycnn-*.whl
"""
STEP = """\
      - name: {name}
        id: {id}
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: {name}
          setup-command: ""
          command: python -m tinycnn.check {file} --only {name} --own-work{options}
          timeout: 10
          max-score: {points:g}
"""
REPORT = """\
      - name: Autograding Reporter
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{results}
        with:
          runners: {runners}
"""
OTTER_TEST = """\
OK_FORMAT = True

test = {{
    "name": "{name}",
    "points": {points:g},
    "suites": [
        {{
            "cases": [
                {{
                    "code": ">>> from tinycnn.grading import require\\n"
                    ">>> require({name}{hint})\\n",
                    "hidden": False,
                    "locked": False,
                }}
            ],
            "scored": True,
            "setup": "",
            "teardown": "",
            "type": "doctest",
        }}
    ],
}}
"""


def _gradescope(of: Assignment) -> dict[str, str]:
    only = [f"--only {name}" for name in of.parts]
    only += [f"--points {name}={n:g}" for name, n in of.points.items()]
    run = RUN.format(options=of.options, only=" \\\n    ".join(only))
    return {"setup.sh": SETUP, "run_autograder": run}


def _classroom(of: Assignment) -> dict[str, str]:
    file = f"{of.stem}.py"
    steps = [
        STEP.format(
            name=name, id=name.lower(), file=file, points=of.worth(name),
            options=of.options,
        )
        for name in of.parts
    ]  # fmt: skip
    result = '          {}_RESULTS: "${{{{steps.{}.outputs.result}}}}"'
    results = [result.format(name.upper(), name.lower()) for name in of.parts]
    report = REPORT.format(
        results="\n".join(results), runners=",".join(name.lower() for name in of.parts)
    )
    return {".github/workflows/classroom.yml": "".join([WORKFLOW, *steps, report])}


def _nbgrader(of: Assignment) -> dict[str, str]:
    worth = {name: of.worth(name) for name in of.parts}
    text = nbgrader_notebook(of.source, worth, of.hint)
    return {f"source/{of.stem}/{of.stem}.ipynb": text}


def _otter(of: Assignment) -> dict[str, str]:
    hint = "" if of.hint == HINTS else f", hint={of.hint}"
    tests = {
        f"tests/{name}.py": OTTER_TEST.format(
            name=name, points=of.worth(name), hint=hint
        )
        for name in of.parts
    }
    return {f"{of.stem}.ipynb": otter_notebook(of.source, of.parts), **tests}


SYSTEMS: dict[str, Callable[[Assignment], dict[str, str]]] = {
    "gradescope": _gradescope,
    "classroom": _classroom,
    "nbgrader": _nbgrader,
    "otter": _otter,
}


def files_for(system: str, assignment: Assignment) -> dict[str, str]:
    """Return the files that a system needs: the text of each, by its relative path.

    Parameters
    ----------
    system : str
        One of `SYSTEMS`.
    assignment : Assignment
        What is handed out.
    """
    return SYSTEMS[system](assignment)
