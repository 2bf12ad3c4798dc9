"""The shape of a photo that a ready-made network is given, checked."""

from tinycnn.shapes import whole_number


def photo_shape(input_shape: object) -> tuple[int, int, int]:
    """Return (H, W, C) as integers.

    Raises
    ------
    ValueError
        Unless it is three whole numbers of at least 1.
    """
    if not isinstance(input_shape, (tuple, list)) or len(input_shape) != 3:
        raise ValueError(
            "input_shape should be (rows, columns, channels), such as (64, 64, 3), got "
            f"{input_shape!r}"
        )
    rows, columns, channels = (
        whole_number(side, "input_shape") for side in input_shape
    )
    return rows, columns, channels


def check_side(rows: int, columns: int, least: int, network: str) -> None:
    """Raise ValueError if a photo has fewer rows or columns than the network needs."""
    if min(rows, columns) < least:
        raise ValueError(
            f"a photo should have {least} rows and columns or more for the {network} "
            f"network, got {rows}x{columns}"
        )
