"""What tinycnn's speed is held to, as multiples of another library in the same run."""

from dataclasses import dataclass

from contenders import PYTORCH, TENSORFLOW

BUDGET = 512 * 2**20  # for decoded photos, as the documentation says
FIGURES = {
    "step": "",
    "whole": "",
    "first": ", first pass",
    "later": ", later passes",
    "peak": ", peak memory",
}


@dataclass(frozen=True)
class Target:
    """At most `limit` times the peer's time (or memory); hoped for is `aim` times."""

    letter: str
    job: str
    figure: str
    peer: str
    limit: float | None
    aim: float | None = None

    @property
    def title(self):
        job = self.job.replace("mnist", "MNIST").replace("cifar", "CIFAR")
        return f"({self.letter}) {job}{FIGURES[self.figure]}, against {self.peer}"

    def value(self, measured, ours):
        """The ratio that was measured, None if one of the two took no part."""
        if measured is None or not {ours, self.peer} <= set(measured.seconds):
            return None
        if self.figure != "peak":
            return measured.ratio(ours, self.peer, self.figure)
        if not (measured.peaks[ours] and measured.peaks[self.peer]):
            return None
        return measured.peaks[ours] / measured.peaks[self.peer]

    def verdict(self, value):
        if value is None:
            return "not measured"
        words = []
        if self.limit is not None:
            words.append("met" if value <= self.limit else "missed")
        if self.aim is not None and words != ["missed"]:
            words.append("aim met" if value <= self.aim else "aim missed")
        return f"{value:.2f} {', '.join(words)}"


KERAS, TORCH = TENSORFLOW.name, PYTORCH.name
TARGETS = [
    Target("a", "tutorial step", "step", KERAS, 1.0, 0.8),
    Target("a", "tutorial step", "step", TORCH, 0.75, 0.6),
    Target("a", "tutorial step", "peak", KERAS, 1 / 3),
    Target("b", "mnist step", "step", TORCH, 1.0),
    Target("b", "mnist step", "step", KERAS, None, 1.0),
    Target("c", "cifar step", "step", TORCH, 1.6, 1.2),
    Target("e", "folder", "first", KERAS, 1 / 2),
    Target("e", "folder", "later", KERAS, 1 / 10),
    Target("f", "whole job", "whole", KERAS, 1 / 2, 1 / 3),
    Target("g", "import", "whole", KERAS, 1 / 10),
    Target("g", "predict cold", "whole", KERAS, 1 / 10),
]


def memory_verdict(points):
    """How much more memory many photos need than few of the same size."""
    peaks = {}
    for point in points:
        if point.what == "photos" and point.peak:
            peaks.setdefault(point.image, []).append(point.peak)
    growths = [max(some) - min(some) for some in peaks.values() if len(some) > 1]
    if not growths:
        return "not measured"
    growth = max(growths)
    return f"{growth / 2**20:.0f} MiB {'met' if growth <= BUDGET else 'missed'}"
