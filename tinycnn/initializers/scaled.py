"""The other named rules of `VarianceScaling`: normal or uniform, for other fans."""

from tinycnn.initializers.variance_scaling import VarianceScaling


class GlorotNormal(VarianceScaling):
    """Normal numbers of variance 2 / (fan_in + fan_out), cut off at two deviations."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Numbers uniform in ±sqrt(6 / fan_in); see `HeNormal`."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


class LecunUniform(VarianceScaling):
    """Numbers uniform in ±sqrt(3 / fan_in).

    References
    ----------
    LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.6.
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


class LecunNormal(VarianceScaling):
    """Normal numbers of variance 1 / fan_in, cut off at two deviations."""

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)
