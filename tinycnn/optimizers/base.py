"""What every optimiser promises: one step downhill for every param.

An optimiser sees arrays under names ("0.kernel") and knows nothing of layers. It
changes the params in place. Read `SGD.update` in `descent.py` first: seven lines.
"""

from typing import Any, ClassVar

import numpy as np

from tinycnn.keras.arrays import Rate
from tinycnn.keras.words import OPTIMIZER_WORDS, refuse, spell
from tinycnn.optimizers.clipping import WAYS, clipped
from tinycnn.optimizers.schedules import SCHEDULES, LearningRateSchedule, check_schedule
from tinycnn.parallel.threads import parallel_rows, pieces
from tinycnn.shapes import Array, number

Named = dict[str, Array]
# 512 KiB of float32 for each of param, grad, m and v: they and what a formula makes of
# them fit into the second-level cache.
BLOCK_NUMBERS = 2**17


class Optimizer:
    """What every optimiser promises.

    Parameters
    ----------
    learning_rate : float or LearningRateSchedule
        A number, or a function of the number of updates (`schedules`).
    options : dict
        weight_decay : float, before each step every number loses this share, times the
        learning rate. clipnorm, global_clipnorm or clipvalue : float, the limit of the
        gradients (`clipping`); one of the three at most.
    **others
        Options by their names.

    Attributes
    ----------
    t : int
        Number of updates so far. It never restarts.
    learning_rate : float
        The rate of the latest update; before the first, that of the first. It may be
        changed between updates: to a number, which ends a schedule, or to a schedule.
    schedule : LearningRateSchedule or None
    never_negative : tuple of str
        Which arrays of `memory` are means of squares, or the like.
    starts : dict of str to float
        Where the arrays of `memory` start; zeros if not named.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """

    name = ""
    never_negative: ClassVar[tuple[str, ...]] = ()
    option_words: ClassVar[tuple[str, ...]] = ("weight_decay", *WAYS)

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        spell(cls, OPTIMIZER_WORDS)

    def __init__(
        self,
        learning_rate: Any,
        options: dict[str, object] | None = None,
        **others: object,
    ) -> None:
        given = {**(options or {}), **others}
        options = {k: v for k, v in given.items() if v is not None}
        decay = options.pop("weight_decay", 0.0)
        limits = {way: options.pop(way) for way in WAYS if way in options}
        refuse(type(self), options, OPTIMIZER_WORDS)
        if len(limits) > 1:
            raise ValueError(f"only one of {', '.join(WAYS)} can be given")
        self.weight_decay: float = number(decay, "weight_decay", least=0.0)
        self.limits: dict[str, float] = {
            way: number(n, way, above=0.0) for way, n in limits.items()
        }
        self.starts: dict[str, float] = {}
        self.t: int = 0
        if check_schedule(learning_rate) is None:
            number(learning_rate, "learning_rate", above=0.0)
        self.learning_rate = learning_rate

    @property
    def learning_rate(self) -> float:
        """The rate of the latest update; see the class."""
        return Rate(self, self._rate)

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        self.schedule: LearningRateSchedule | None = check_schedule(rate)
        first = self.schedule(self.t) if self.schedule else rate
        self._rate = number(first, "learning_rate", least=0.0)

    def update(self, params: Named, grads: Named) -> None:
        """Change each param in place, against its gradient.

        Parameters
        ----------
        params, grads : dict of str to ndarray
            The same names and shapes in both.
        """
        grads = self._prepared(params, grads)
        self.t += 1
        memory = self.memory()
        for name, param in params.items():
            for kind, moment in memory.items():
                if name not in moment:
                    moment[name] = np.full_like(param, self.starts.get(kind, 0.0))
            arrays = param, grads[name], *(moment[name] for moment in memory.values())
            parallel_rows(self.step, arrays, blocks(param))

    def _prepared(self, params: Named, grads: Named) -> Named:
        """Set the learning rate, decay the params, and return the clipped grads."""
        if self.schedule:
            self._rate = self.schedule(self.t)
        if self.weight_decay:
            for param in params.values():
                param -= self.learning_rate * self.weight_decay * param
        for way, limit in self.limits.items():
            grads = clipped(grads, way, limit)
        return grads

    def step(self, param: Array, grad: Array, *moments: Array) -> None:
        """Change a param and its moments in place, number by number.

        Parameters
        ----------
        param, grad : ndarray
            A param, or some rows of it, and d loss / d param.
        *moments : ndarray
            Its arrays in `memory`, in that order.
        """
        raise NotImplementedError(
            f"{type(self).__name__} should define update, or step"
        )

    @property
    def lr(self) -> float:
        """`learning_rate` under its older name."""
        return self.learning_rate

    @lr.setter
    def lr(self, learning_rate: Any) -> None:
        self.learning_rate = learning_rate

    def memory(self) -> dict[str, Named]:
        """Return the arrays kept from update to update, as {"m": {...}, "v": {...}}.

        They are the optimiser's own: an array that is put in is used from then on.
        """
        return {}

    def config(self) -> dict[str, Any]:
        """Return the arguments of ``__init__`` as plain JSON; what is off is left out.

        A schedule that is not one of `SCHEDULES` is given as the rate it has reached.
        """
        config: dict[str, Any] = {"learning_rate": self.learning_rate, **self.limits}
        if self.schedule and type(self.schedule) in SCHEDULES.values():
            config["learning_rate"] = self.schedule.described()
        if self.weight_decay:
            config["weight_decay"] = self.weight_decay
        return config

    def __repr__(self) -> str:
        rate = self.schedule or self.learning_rate
        arguments = {**self.config(), "learning_rate": rate}
        text = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        return f"{type(self).__name__}({text})"

    def get_config(self) -> dict[str, Any]:
        """Return `config` with the ``"name"``, as Keras does; `from_config` takes it.

        What is learnt, the arrays of `memory`, is not in it.
        """
        return {"name": self.name, **self.config()}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Optimizer":
        """Return an optimiser with the settings of `get_config`, before its first step.

        Raises
        ------
        ValueError
            If an argument is unknown or out of range.
        """
        return cls(**config)


def blocks(param: Array) -> list[slice]:
    """Return slices of rows, of about `BLOCK_NUMBERS` numbers each."""
    row = max(1, param[:1].size)
    return pieces(len(param), max(1, BLOCK_NUMBERS // row))
