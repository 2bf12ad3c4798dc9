"""Write docs/museum.md: which checks catch each bug, and its cause.

    python tests/diagnosis/museum_table.py [--write docs/museum.md]

Without --write, the page is printed.
"""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [
    str(Path(__file__).parents[1]),
    str(Path(__file__).parents[1] / "helpers"),
]

import test_museum  # noqa: E402
from mistakes import measure  # noqa: E402
from museum import layers, losses, optimizers  # noqa: E402
from museum.naming import causes_of  # noqa: E402

HEAD = """\
# The museum of bugs

Small, realistic bugs: some found in published from-scratch networks, the others common
among students. Each changes a few lines in one method of the library's own class
(`tests/museum/`). The tests fail if a bug is caught by no check, if a check catches no
bug, or if correct code is reported as wrong (`tests/diagnosis/test_museum.py`). This
page is written by `python tests/diagnosis/museum_table.py --write docs/museum.md`.

"Cause" is what `tinycnn.diagnosis` names; `python -m tinycnn.check FILE` prints it as a
sentence.
"""


MISTAKES = """
## Mistakes that are not in the museum

The causes were written from the museum, so the figure above is that of a training set.
To see what the grader is worth on others, 511 mistakes of the same kinds, each one
change in a student's solution, were listed from what goes wrong in course work and in
the issues of from-scratch projects (`tests/mistakes/`), and split once, by a hash of
their names. Causes were then written with the working half alone in view; the other
half was tried once. What it showed was mended; so a fresh set followed, in other ways
of writing the same solutions, and was tried once as well, and then mended from. "Later"
is a third way of writing, half of it as notebooks.

The next set, "reported", has 134 mistakes, 34 of them from reports on public
projects (CS231n solutions, ML-From-Scratch, numpy-ml, convnetjs, PennyLane ...), in
batch normalisation, dropout, RMSprop and other parts, too. All were tried before
anything was mended; the odd ones were then looked at, the even ones were not, until the
grader was finished, and these were tried once more: 81 % named, three sentences false,
one mistake called right. Those four are mended now.

The next set, "unseen", was written by a reader of the exercises who had not seen the
grader's rules, in a style of its own, over all parts: 111 mistakes, some from no
textbook (dy changed in place, a running mean moved in backward). Tried once, 87 (78 %)
were named, 17 got a generic sentence, 4 a false one, and 3 were called right. Of the
parts tried first (the layers with weights, their losses, SGD, Adam) 56 of 62 were
named, of all others 31 of 49. The seven are mended now, and the 17 are named. A
further mistake, a dropout whose backward uses an old mask outside training, was called
right and is left out: right dropouts do so, too.

The next set, "courses", has 120 mistakes in the ways in which CS231n, minitorch and
Deep Learning from Scratch let students write (batch normalisation in stages, a softmax
of columns, max pooling by reshape). It was written by a reader of the rules who looked
for what they lack, so it is harder. Tried once, 74 (62 %) were named, 36 got a generic
sentence, 7 a false one, and 3 were called right: a number in the code in place of an
argument, which was tried with its default alone. The ten are mended now, each as a kind
(`tests/diagnosis/test_courses.py`).

The next set, "afterwards", has 60 slips that show in some situations only: a step
larger than the kernel, one photo, zeros in x, a transposed array, a second call, two
layers of a class, an update in which a gradient is 0. Tried once, 29 (48 %) were named,
12 got a generic sentence, 6 a false one, and 13 were called right, since the grader did
not try those situations. It tries them now, and the 19 are mended, each as a kind
(`tests/diagnosis/test_situations.py`).

The next set, "whole", has complete files as students hand them in, by three readers of
the exercises who had not seen the grader's rules: 145 with one mistake, over 20 parts,
and 67 that are right but written in unusual ways (a Fourier transform, a dictionary of
winners, the matrix of the whole map). Tried once, 126 (87 %) were named, 13 got a
generic sentence, 3 a false one, and 3 were called right: a velocity that is wrong once
the learning rate changes, labels between 0 and 1 read by argmax, a photo whose width is
odd. All 67 right files were called right. What was missed is mended, each as a kind
(`tests/diagnosis/test_whole_files.py`). Two more were called right and are left out: a
softmax over axis 1, which is the last axis for classes, and a dropout whose backward
uses an old mask outside training.

The set "habits" has whole files, too, by two more readers who had not seen the rules:
habits of other frameworks, slips with NumPy's views, axes and shapes, state kept in the
wrong place. Of 96 with one mistake, tried once, 81 (84 %) were named, 7 got a generic
sentence, none a false one, and 8 were called right: each needs something that was not
tried, such as a batch larger than the first, windows that fill the photo exactly, a
side without a border, label smoothing, Nesterov's step, the params of two layers, or
gradients in another order. They are tried now (`tests/diagnosis/test_habits.py`). All
36 right files were called right. Four more were called right and are left out: a
softmax and a dropout like those of "whole", abs(d) with the slope 1 at 0, which is as
good as 0, and max(x, slope * x), which is a leaky ReLU for every slope up to 1.

So of the mistakes that any batch of random numbers shows, expect a share between those
of "courses" and "whole"; of a mistake that needs a situation of its own, expect that it
is missed if the grader does not know it.

*Named*: the sentence says what is wrong, as a cause or as an equation ("dx equals
dy * (1 - y)"). *Generic*: it is true, but says only that something is wrong, or where.
*False*: it says something that is not so. These were found by reading. Except for
"unseen", "whole" and "habits", the author of the mistakes and of the causes is the
same, so on mistakes of others the share may be lower. "Now" is the figure of a training
set, too.

"""


def description_of(buggy):
    """Return the first line of the docstring; in a table, a bar would end the cell."""
    return type(buggy).__doc__.splitlines()[0].replace("|", "\\|")


def page():
    """Return the page, and the names of the bugs that no check catches."""
    rooms = {"layers": layers, "losses": losses, "optimizers": optimizers}
    lines, uncaught, count, right = [], [], 0, 0
    for room, module in rooms.items():
        checks, exhibits = test_museum.ROOMS[room]
        lines += ["", f"## Wrong {room}", ""]
        lines += ["| bug | what it does | caught by | cause |", "| - | - | - | - |"]
        for exhibit, (buggy, *case) in zip(module.EXHIBITS, exhibits, strict=True):
            caught = test_museum.caught_by(checks, buggy, *case)
            causes = causes_of(exhibit)
            count, right = count + 1, right + (causes == [exhibit[-1]])
            uncaught += [] if caught else [type(buggy).__name__]
            lines.append(
                f"| {type(buggy).__name__} | {description_of(buggy)} | "
                f"{', '.join(c.__name__.replace('_', ' ') for c in caught)} | "
                f"{', '.join(f'`{cause}`' for cause in causes) or '-'} |"
            )
    summary = (
        f"\n{count} bugs: {count - len(uncaught)} caught; for {right} the diagnosis "
        "names the right cause and no other.\n"
    )
    others = MISTAKES + "\n".join(measure.table()) + "\n"
    return HEAD + summary + "\n".join(lines) + "\n" + others, uncaught


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--write", type=Path, help="the page to write")
    options = parse.parse_args()
    text, uncaught = page()
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 1 if uncaught else 0


if __name__ == "__main__":
    sys.exit(main())
