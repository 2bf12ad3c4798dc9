"""Learning curves that grow in a notebook while the network learns."""

import base64
import sys
import time
from typing import Any

from tinycnn.callbacks import Callback, Figures, Logs, figures_text
from tinycnn.figures.canvas import png_of
from tinycnn.figures.training import learning_curves_figure
from tinycnn.shapes import number
from tinycnn.text import say

Bundle = dict[str, Any]


class LiveCurves(Callback):
    """Draw the learning curves of a training run while it goes on.

    In a notebook (Jupyter, JupyterLite, Colab) there is one picture, which is replaced;
    in a terminal, a line for each epoch.

    Parameters
    ----------
    validation_name : str, default "validation"
        The name of the second line: "test" if it is of the test photos.
    seconds : float, default 1
        Least time between two pictures: drawing one takes about 0.2 s, and an epoch may
        be shorter. The last epoch is always drawn.

    Raises
    ------
    ValueError
        If `seconds` is below 0.

    Examples
    --------
    >>> import numpy as np
    >>> from tinycnn.layers import Dense
    >>> from tinycnn.models import Sequential
    >>> model = Sequential([Dense(1, activation="sigmoid", input_shape=(2,))], seed=0)
    >>> model.compile("adam", "binary_crossentropy", ["accuracy"])
    >>> x, y = np.eye(2, dtype=np.float32), np.array([0, 1])
    >>> log = model.fit(x, y, epochs=2, verbose=0, callbacks=[LiveCurves()])
    epoch 1 - loss: 0.9881 - accuracy: 0.0000
    epoch 2 - loss: 0.9875 - accuracy: 0.0000
    """

    def __init__(
        self, validation_name: str = "validation", seconds: float = 1.0
    ) -> None:
        self.validation_name = validation_name
        self.seconds: float = number(seconds, "seconds", least=0)
        self.on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin with no curves, and a new picture."""
        self.history: dict[str, list[float]] = Figures()
        self._line, self._drawn, self._at = "", 0, -float("inf")
        self._handle: Any = None

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Draw the curves up to this epoch, or print its figures."""
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
        self._line = f"epoch {epoch + 1} - {figures_text(logs)}"
        if notebook_display() is None:
            say(self._line)
        elif time.monotonic() - self._at >= self.seconds:
            self._draw()

    def on_train_end(self, logs: Logs) -> None:
        """Draw the last epochs, if they have not been drawn."""
        if self._line and notebook_display() is not None:
            self._draw()

    def _draw(self) -> None:
        epochs = max(map(len, self.history.values()))
        if epochs == self._drawn:
            return
        figure = learning_curves_figure(
            self.history, validation_name=self.validation_name
        )
        picture = Picture(png_of(figure), self._line)
        display = notebook_display()
        if self._handle is None and display is not None:
            self._handle = display(picture, display_id=True)
        else:
            self._handle.update(picture)
        self._drawn, self._at = epochs, time.monotonic()


class Picture:
    """A PNG file for a notebook to show, and a line of text in place of it."""

    def __init__(self, png: bytes, text: str) -> None:
        self.png: bytes = png
        self.text: str = text

    def _repr_mimebundle_(self, **_: object) -> tuple[Bundle, Bundle]:
        content = base64.b64encode(self.png).decode("ascii")
        alternative = {"image/png": {"alt": f"Learning curves: {self.text}"}}
        return {"image/png": content, "text/plain": self.text}, alternative

    def __repr__(self) -> str:
        return self.text


def notebook_display() -> Any:
    """Return IPython's `display` if this program is a notebook's kernel, else None."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    # IPython in a terminal has no kernel, and shows no pictures.
    return ipython.display.display if ipython and hasattr(shell, "kernel") else None
