"""Press Ctrl-C at random moments, and see that the last finished epoch is kept.

python tests/faults/interrupt.py --times 200
python tests/faults/interrupt.py --times 20 --fresh
"""

import argparse
import os
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import tiny

STATUS = {"ctrl-c": 130, "twice": 130, "end": 143, "pipe": 141}


def run(kind, times, epochs, folder, seed=0, begin_training=tiny.start):
    """Interrupt so many trainings; return (what was counted, seconds until each end).

    `kind` is "ctrl-c", "twice" (a second one at once), "end" (SIGTERM) or "pipe" (who
    reads the output goes away).
    """
    photos, wanted, seconds = tiny.reference(folder, epochs, begin_training)
    chance, counts, delays = tiny.chance(seed), Counter(), []
    while counts["interrupted"] < times:
        output = folder / f"{kind} {sum(counts.values())}"
        process = begin_training(tiny.command(photos, output, epochs))
        lines = [process.stdout.readline()]
        time.sleep(chance.uniform(0, seconds))
        begin = time.perf_counter()
        if kind == "pipe":
            process.stdout.close()
            process.stdout = open(os.devnull)  # noqa: PTH123 - nothing to read
        else:
            number = signal.SIGTERM if kind == "end" else signal.SIGINT
            process.send_signal(number)
            if kind == "twice":
                time.sleep(chance.uniform(0, 0.02))
                process.send_signal(number)
        out, err = tiny.end_of(process)
        delays.append(time.perf_counter() - begin)
        lines += out.splitlines()
        if process.returncode == 0:  # it had come to its end before
            counts["finished before"] += 1
            continue
        counts["interrupted"] += 1
        counts["other status"] += process.returncode != STATUS[kind]
        counts["traceback"] += "Traceback" in err
        counts["said something"] += kind == "pipe" and err != ""
        counts["half-written files"] += len(tiny.half_written(output))
        kept, printed = tiny.kept_epochs(output), tiny.epochs_in(lines)
        if kind != "pipe":
            counts["most epochs lost"] = max(counts["most epochs lost"], printed - kept)
        if process.returncode != STATUS[kind] or "Traceback" in err:
            print(process.returncode, err)
        if kept and counts["continued"] < times / 10:
            words = [*tiny.command(photos, output, epochs), "--resume"]
            tiny.finish(words, begin_training)
            counts["continued"] += 1
            is_same = (output / tiny.MODEL).read_bytes() == wanted
            counts["continued, other bytes"] += not is_same
    return counts, delays


def main():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--times", type=int, default=200)
    parse.add_argument("--epochs", type=int, default=60)
    parse.add_argument("--seed", type=int, default=0)
    parse.add_argument(
        "--fresh",
        action="store_true",
        help="start Python anew each time; takes longer than the training itself",
    )
    parse.add_argument("--pictures", action="store_true", help="draw them, too")
    options = parse.parse_args()
    if not options.pictures:
        tiny.leave_out_pictures()
    begin_training = tiny.start if options.fresh else tiny.Forked
    for kind in STATUS:
        times = options.times if kind == "ctrl-c" else -(-options.times // 4)
        with tempfile.TemporaryDirectory() as folder:
            counts, delays = run(
                kind,
                times,
                options.epochs,
                Path(folder),
                options.seed,
                begin_training,
            )
        print(f"{kind} (status {STATUS[kind]})")
        for name, count in counts.items():
            print(f"{count:6,}  {name}")
        middle, longest = sorted(delays)[len(delays) // 2], max(delays)
        print(f"  {middle:.2f} s until the end in the middle, {longest:.2f} s at most")


if __name__ == "__main__":
    main()
