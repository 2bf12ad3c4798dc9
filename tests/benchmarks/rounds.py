"""Measuring in turns, A B C A B C: all see the machine in the same state."""

from dataclasses import dataclass, field
from statistics import median
from time import sleep

from workers import WorkerError

# Seconds in which the threads of the one before stop to wait for more work.
PAUSE = 0.1


@dataclass
class Measured:
    """What one job gave: seconds by contender, figure and round; peak bytes."""

    job: object
    seconds: dict = field(default_factory=dict)
    peaks: dict = field(default_factory=dict)

    def median(self, contender, figure):
        return median(self.seconds[contender][figure])

    def ratio(self, contender, peer, figure):
        """How long it takes, as a multiple of the peer: the median over the rounds."""
        pairs = zip(
            self.seconds[contender][figure], self.seconds[peer][figure], strict=True
        )
        return median(ours / theirs for ours, theirs in pairs)

    def ratios(self, contender):
        """Its ratio to each other contender, by figure; "peak" is of the memory."""
        others = [name for name in self.seconds if name != contender]
        found = {
            figure: {name: self.ratio(contender, name, figure) for name in others}
            for figure in self.seconds[contender]
        }
        own = self.peaks[contender]
        with_peak = [name for name in others if own and self.peaks[name]]
        found["peak"] = {name: own / self.peaks[name] for name in with_peak}
        return found


def measure(job, contenders, photos, quick, say):
    """Start a worker for each contender, time them in turns, and end them."""
    runners = []
    try:
        for contender in contenders:
            try:
                runner = job.runner(contender, photos, quick)
            except WorkerError as error:
                say(f"  left out {error}")
                continue
            runners.append(runner)
        for runner in list(runners):
            try:
                runner.prepare()
                for _ in range(0 if quick else job.warm_up):
                    runner.repeat()
            except WorkerError as error:
                say(f"  left out {error}")
                runners.remove(runner)
                runner.close()
        measured = Measured(job)
        for _ in range(1 if quick else job.rounds):
            for runner in runners:
                sleep(PAUSE)
                figures = measured.seconds.setdefault(runner.contender.name, {})
                for figure, seconds in runner.repeat().items():
                    figures.setdefault(figure, []).append(seconds)
        for runner in runners:
            measured.peaks[runner.contender.name] = runner.peak_bytes()
    finally:
        for runner in runners:
            runner.close()
    return measured
