"""Kill a training again and again, and see that nothing but an epoch is ever lost.

python tests/faults/kill.py --kills 1000
python tests/faults/kill.py --kills 50 --pictures
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

import tiny


def run(kills, epochs, folder, seed=0):
    """Kill trainings at random moments and go on with them; return what was counted.

    A training that comes to its end is compared with the uninterrupted one, and the
    next begins.
    """
    photos, wanted, seconds = tiny.reference(folder, epochs, tiny.Forked)
    chance, counts = tiny.chance(seed), Counter()
    output = folder / "0"
    while counts["kills"] < kills:
        is_resumed = (output / tiny.CHECKPOINT).exists()
        before = tiny.kept_epochs(output)
        words = tiny.command(photos, output, epochs, *["--resume"] * is_resumed)
        process = tiny.Forked(words)
        lines = []
        # Most kills come while epochs are trained and saved, some from the first line.
        waits_for_epoch = before < epochs and chance.random() < 0.8
        for line in process.stdout:
            lines.append(line)
            if not waits_for_epoch or tiny.is_epoch(line):
                break
        time.sleep(
            chance.uniform(0, seconds / 8 if chance.random() < 0.85 else seconds)
        )
        process.kill()
        rest, err = tiny.end_of(process)
        printed = max(before, tiny.epochs_in([*lines, *rest.splitlines()]))
        try:
            kept = tiny.kept_epochs(output)
        except ValueError:
            counts["unreadable"] += 1
            break
        counts["most epochs lost"] = max(counts["most epochs lost"], printed - kept)
        if process.returncode == 0:
            is_same = (output / tiny.MODEL).read_bytes() == wanted
            counts["finished, same bytes" if is_same else "OTHER BYTES"] += 1
            counts["LEFT BEHIND"] += len(tiny.half_written(output))
            output = folder / str(int(output.name) + 1)
        elif process.returncode != -9:
            counts["OTHER END"] += 1
            print(err)
            break
        else:
            counts["kills"] += 1
            counts["kills while a file was written"] += bool(tiny.half_written(output))
            counts["kills of a resumed training"] += is_resumed
    return counts


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--kills", type=int, default=1000)
    parse.add_argument("--epochs", type=int, default=60)
    parse.add_argument("--seed", type=int, default=0)
    parse.add_argument("--pictures", action="store_true", help="draw them, too")
    options = parse.parse_args()
    if not options.pictures:
        tiny.leave_out_pictures()
    with tempfile.TemporaryDirectory() as folder:
        counts = run(options.kills, options.epochs, Path(folder), options.seed)
    for name in (
        "kills", "kills while a file was written", "kills of a resumed training",
        "unreadable", "most epochs lost", "finished, same bytes", "OTHER BYTES",
        "LEFT BEHIND", "OTHER END",
    ):  # fmt: skip
        print(f"{counts[name]:6,}  {name.lower()}")


if __name__ == "__main__":
    main()
