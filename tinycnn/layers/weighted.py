"""What Conv2D and Dense share: how kernel and bias start, and their penalties."""

from typing import Any, ClassVar

from tinycnn.constraints import Constraint, check_constraint
from tinycnn.files.described import Described
from tinycnn.initializers import check_initializer
from tinycnn.initializers.base import Initializer
from tinycnn.layers.base import Layer
from tinycnn.regularizers import L1L2, check_regularizer
from tinycnn.shapes import Shape, yes_or_no


class WeightedLayer(Layer):
    """What Conv2D and Dense have in common: a kernel, a bias, and rules for both.

    ``kernel_constraint=`` and ``bias_constraint=`` take a name or an object of
    `constraints`, such as ``MaxNorm(3)``.
    """

    option_words: ClassVar[tuple[str, ...]] = (
        *Layer.option_words,
        "kernel_constraint",
        "bias_constraint",
    )

    def __init__(
        self,
        input_shape: Shape | None,
        kernel_initializer: Any,
        bias_initializer: Any,
        use_bias: bool,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        **unsupported: object,
    ) -> None:
        constraints = {
            name: check_constraint(
                unsupported.pop(f"{name}_constraint", None), f"{name}_constraint"
            )
            for name in ("kernel", "bias")
        }
        super().__init__(input_shape, **unsupported)
        self.constraints: dict[str, Constraint] = {
            name: rule for name, rule in constraints.items() if rule
        }
        self.use_bias: bool = yes_or_no(use_bias, "use_bias")
        for name, initializer, regularizer in (
            ("kernel", kernel_initializer, kernel_regularizer),
            ("bias", bias_initializer, bias_regularizer),
        ):
            known = check_initializer(initializer, f"{name}_initializer")
            penalty = check_regularizer(regularizer, f"{name}_regularizer")
            self.initializers[name] = known
            if penalty:
                self.regularizers[name] = penalty
        self.kernel_initializer: str | Initializer = self.initializers["kernel"]
        self.bias_initializer: str | Initializer = self.initializers["bias"]
        self.kernel_regularizer: L1L2 | None = self.regularizers.get("kernel")
        self.bias_regularizer: L1L2 | None = self.regularizers.get("bias")

    def config(self) -> dict[str, Any]:
        """Return the rules that differ from Keras's defaults, and the kernel's."""
        config = {
            "kernel_initializer": self.kernel_initializer,
            "bias_initializer": self.bias_initializer,
            "use_bias": self.use_bias,
            "kernel_regularizer": self.kernel_regularizer,
            "bias_regularizer": self.bias_regularizer,
            **{f"{name}_constraint": rule for name, rule in self.constraints.items()},
        }
        usual = {"bias_initializer": "zeros", "use_bias": True}
        return {
            name: value.described() if isinstance(value, Described) else value
            for name, value in config.items()
            if value != usual.get(name)
        }
