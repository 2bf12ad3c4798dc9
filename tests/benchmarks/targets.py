"""What tinycnn's speed is held to, as multiples of another library in the same run."""

from dataclasses import dataclass

from contenders import CONTENDERS, PYTORCH, TENSORFLOW

PEERS = {contender.name for contender in CONTENDERS if not contender.is_ours}
BUDGET = 512 * 2**20  # for decoded photos, as the documentation says
FIGURES = {
    "step": "",
    "predict": "",
    "whole": "",
    "first": ", first pass",
    "later": ", later passes",
    "peak": ", peak memory",
}


@dataclass(frozen=True)
class Target:
    """At most `limit` times the time (or memory) of a peer, or of each of them."""

    letter: str
    job: str
    figure: str
    limit: float
    peer: str | None = None

    @property
    def title(self):
        job = self.job.replace("mnist", "MNIST").replace("cifar", "CIFAR")
        peer = self.peer or "the fastest"
        return f"({self.letter}) {job}{FIGURES[self.figure]}, against {peer}"

    def value(self, ratios):
        """The largest of the job's ratios, None if no peer took part."""
        peers = {self.peer} if self.peer else PEERS
        of_peers = ratios.get(self.figure, {})
        return max((of_peers[name] for name in peers & set(of_peers)), default=None)

    def verdict(self, value):
        if value is None:
            return "not measured"
        return f"{value:.2f} {'met' if value <= self.limit else 'missed'}"


KERAS, TORCH = TENSORFLOW.name, PYTORCH.name
TARGETS = [
    Target("a", "tutorial step", "step", 0.85),
    Target("a", "tutorial step", "peak", 1 / 3, KERAS),
    Target("b", "mnist step", "step", 0.9),
    Target("c", "cifar step", "step", 0.9, TORCH),
    Target("c", "cifar step", "step", 1.0, KERAS),
    Target("d", "deep step", "step", 1.0),
    Target("e", "folder", "first", 0.45, KERAS),
    Target("e", "folder", "later", 0.09, KERAS),
    Target("f", "whole job", "whole", 0.33, KERAS),
    Target("g", "import", "whole", 0.10, KERAS),
    Target("g", "predict cold", "whole", 0.10, KERAS),
    Target("i", "predict many", "predict", 0.8),
]


def memory_growth(points):
    """How many bytes more many photos need than few of the same size, or None."""
    peaks = {}
    for point in points:
        if point.what == "photos" and point.peak:
            peaks.setdefault(point.image, []).append(point.peak)
    growths = [max(some) - min(some) for some in peaks.values() if len(some) > 1]
    return max(growths, default=None)


def memory_verdict(growth):
    if growth is None:
        return "not measured"
    return f"{growth / 2**20:.0f} MiB {'met' if growth <= BUDGET else 'missed'}"
