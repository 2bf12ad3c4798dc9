"""tinycnn.preprocessing.augmentation: affine maps, flips, and random changes."""

import math

import numpy as np
import pytest

from tinycnn.preprocessing.augmentation import (
    FILL_MODES,
    Ranges,
    affine_matrix,
    augment,
    warp,
)

GRID = np.arange(16.0).reshape(4, 4)
ALL = Ranges(30, 0.2, 0.3, 20, (0.7, 1.4), True, True)


def warped(grid, fill_mode="nearest", **change):
    """Return one grey photo (H, W), warped."""
    matrix = affine_matrix(grid.shape, **change)
    return warp(grid[np.newaxis, :, :, np.newaxis], matrix[np.newaxis], fill_mode)[
        0, :, :, 0
    ]


def photos(count=3, rows=5, columns=7, channels=2, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 255, (count, rows, columns, channels)).astype(dtype)


def moved(matrix, size):
    """Return the distance in pixels of each pixel from its point in the photo."""
    rows, columns = size
    row, column = np.mgrid[:rows, :columns]
    across, down, _ = np.tensordot(
        matrix, np.stack([column, row, np.ones_like(row)]), axes=1
    )
    return np.hypot(across - column, down - row)


# The oracle: one pixel at a time, in plain Python


def fold(point, length, fill_mode):
    """Return the coordinate inside the photo for one beyond its border."""
    last = length - 1
    if fill_mode == "reflect":
        while not -0.5 <= point <= last + 0.5:
            point = -1 - point if point < -0.5 else 2 * last + 1 - point
    if fill_mode == "wrap" and last > 0:
        while point < 0:
            point += last
        while point > last:
            point -= last
    return min(max(point, 0.0), float(last))


def slow_warp(x, matrices, fill_mode):
    y = np.zeros_like(x)
    count, rows, columns, channels = x.shape
    for n in range(count):
        (a, b, c), (d, e, f), _ = matrices[n].tolist()
        for i in range(rows):
            for j in range(columns):
                across, down = a * j + b * i + c, d * j + e * i + f
                inside = 0 <= across <= columns - 1 and 0 <= down <= rows - 1
                if fill_mode == "constant" and not inside:
                    continue
                across = fold(across, columns, fill_mode)
                down = fold(down, rows, fill_mode)
                for top in range(rows):
                    for left in range(columns):
                        share = max(0, 1 - abs(down - top)) * max(
                            0, 1 - abs(across - left)
                        )
                        for k in range(channels):
                            y[n, i, j, k] += share * x[n, top, left, k]
    return y


SMOOTH = ("nearest", "reflect")


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize("size", [(4, 6), (5, 3), (1, 4)])
def test_warp_equals_the_loop_over_pixels(fill_mode, size):
    rng = np.random.default_rng(3)
    x = photos(10, *size)
    matrices = np.stack(
        [
            affine_matrix(
                size,
                rotation=rng.uniform(-180, 180),
                down=rng.uniform(-9, 9),
                across=rng.uniform(-9, 9),
                shear=rng.uniform(-40, 40),
                zoom_across=rng.uniform(0.4, 2),
                zoom_down=rng.uniform(0.4, 2),
            )
            for _ in x
        ]
    )
    expected = slow_warp(x, matrices, fill_mode)
    np.testing.assert_allclose(warp(x, matrices, fill_mode), expected, atol=1e-8)
    # Integers and float32 are sampled in float32: points are precise to 1e-5 pixels.
    for dtype in np.float32, np.uint8:
        rounded = x.astype(dtype)
        y = warp(rounded, matrices, fill_mode)
        expected = slow_warp(rounded.astype(float), matrices, fill_mode)
        assert y.dtype == np.float32
        is_near = abs(y - expected) < 0.02
        # At the border, "constant" and "wrap" are not continuous.
        assert is_near.all() if fill_mode in SMOOTH else is_near.mean() > 0.99


@pytest.mark.parametrize(
    ("fill_mode", "expected"),
    [
        ("nearest", [1, 1, 1, 2]),
        ("reflect", [2, 1, 1, 2]),
        ("wrap", [2, 3, 1, 2]),  # as SciPy's: the last and the first pixel coincide
        ("constant", [0, 0, 1, 2]),
    ],
)
def test_each_fill_mode_by_hand(fill_mode, expected):
    y = warped(np.array([[1.0, 2, 3, 4]]), fill_mode, across=-2)
    assert y.ravel().tolist() == expected


# Golden numbers, from Keras 2.9 and later


def test_shear_gives_keras_numbers():
    expected = [
        [0.8749, 1.8749, 2.8749, 3.3618],
        [4.2916, 5.2916, 6.2916, 7.1206],
        [7.8794, 8.7084, 9.7084, 10.7084],
        [11.6382, 12.1251, 13.1251, 14.1251],
    ]
    np.testing.assert_allclose(warped(GRID, shear=20), expected, atol=6e-5)


def test_zoom_gives_keras_numbers():
    expected = [
        [1.5, 2.3, 3.1, 3.9],
        [4.7, 5.5, 6.3, 7.1],
        [7.9, 8.7, 9.5, 10.3],
        [11.1, 11.9, 12.7, 13.5],
    ]
    zoomed = warped(GRID, zoom_across=0.8, zoom_down=0.8)
    np.testing.assert_allclose(zoomed, expected, atol=1e-12)


def test_zoom_across_acts_on_columns_only_and_gives_keras_numbers():
    expected = np.array([0.75, 1.25, 1.75, 2.25]) + 4 * np.arange(4)[:, np.newaxis]
    np.testing.assert_allclose(warped(GRID, zoom_across=0.5), expected, atol=1e-12)


def test_zoom_down_is_zoom_across_of_the_transposed_photo():
    x = photos(1, 5, 7, 1)[0, :, :, 0]
    down = warped(x, zoom_down=0.6)
    np.testing.assert_allclose(down, warped(x.T, zoom_across=0.6).T, atol=1e-10)


# The tutorial's numbers


def test_the_tutorials_shear_moves_no_pixel_by_more_than_a_ninth():
    farthest = moved(affine_matrix((64, 64), shear=0.2), (64, 64)).max()
    assert 0.10 < farthest < 0.111


def test_the_tutorials_shear_in_radians_would_be_visible():
    in_radians = affine_matrix((64, 64), shear=math.degrees(0.2))
    assert moved(in_radians, (64, 64)).max() == pytest.approx(6.26, abs=0.03)


@pytest.mark.parametrize("zoom", [0.8, 1.2])
def test_the_tutorials_zoom_moves_the_edges_by_six_pixels(zoom):
    matrix = affine_matrix((64, 64), zoom_across=zoom)
    assert moved(matrix, (64, 64)).max() == pytest.approx(6.3, abs=1e-9)


# Geometry


def test_the_matrix_of_no_change_is_the_identity():
    np.testing.assert_array_equal(affine_matrix((5, 8)), np.eye(3))


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_no_change_returns_an_exact_copy(fill_mode):
    x = photos(9, dtype=np.float32)
    y = warp(x, np.stack([affine_matrix((5, 7))] * 9), fill_mode)
    np.testing.assert_array_equal(y, x)
    assert y is not x


@pytest.mark.parametrize(
    "change",
    [{"rotation": 33}, {"zoom_across": 0.5}, {"zoom_down": 1.7}, {"shear": 25}],
)
@pytest.mark.parametrize("size", [(5, 9), (9, 5), (4, 7)])
def test_the_centre_of_a_photo_stays_where_it_is(size, change):
    centre = [(size[1] - 1) / 2, (size[0] - 1) / 2, 1]
    np.testing.assert_allclose(affine_matrix(size, **change) @ centre, centre)


def test_a_rotation_by_90_degrees_turns_counterclockwise_as_rot90():
    x = photos(1, 6, 6, 1)[0, :, :, 0]
    np.testing.assert_allclose(warped(x, rotation=90), np.rot90(x), atol=1e-10)
    np.testing.assert_allclose(warped(x, rotation=-90), np.rot90(x, -1), atol=1e-10)


def test_half_a_turn_of_a_non_square_photo_is_exact():
    x = photos(1, 4, 7, 1)[0, :, :, 0]
    np.testing.assert_allclose(warped(x, rotation=180), x[::-1, ::-1], atol=1e-10)


def test_a_shift_down_moves_rows():
    y = warped(GRID, down=1)
    np.testing.assert_array_equal(y, GRID[[1, 2, 3, 3]])


def test_a_shift_across_moves_columns():
    y = warped(GRID, across=-1)
    np.testing.assert_array_equal(y, GRID[:, [0, 0, 1, 2]])


def test_a_zoom_below_1_magnifies():
    x = np.zeros((9, 9))
    x[3:6, 3:6] = 1
    assert warped(x, zoom_across=0.5, zoom_down=0.5).sum() > x.sum()
    assert warped(x, zoom_across=2, zoom_down=2).sum() < x.sum()


def test_channels_stay_apart():
    x = photos(2, channels=3)
    matrices = np.stack([affine_matrix((5, 7), rotation=a) for a in (10, 50)])
    y = warp(x, matrices)
    for k in range(3):
        np.testing.assert_array_equal(
            y[..., k : k + 1], warp(x[..., k : k + 1], matrices)
        )


# Random changes


def test_the_change_of_a_photo_does_not_depend_on_its_batch():
    x = photos(20)
    together = augment(x, ALL, 5, 2, np.arange(20))
    for n in (0, 7, 8, 19):
        alone = augment(x[n : n + 1], ALL, 5, 2, np.array([n]))
        np.testing.assert_array_equal(together[n], alone[0])
    backwards = augment(x[::-1], ALL, 5, 2, np.arange(20)[::-1])
    np.testing.assert_array_equal(together, backwards[::-1])


@pytest.mark.parametrize(
    ("seed", "pass_number", "index"), [(6, 2, 4), (5, 3, 4), (5, 2, 3)]
)
def test_another_seed_pass_or_photo_gives_another_change(seed, pass_number, index):
    x = photos(1)
    y = augment(x, ALL, 5, 2, np.array([4]))
    again = augment(x, ALL, 5, 2, np.array([4]))
    other = augment(x, ALL, seed, pass_number, np.array([index]))
    np.testing.assert_array_equal(y, again)
    assert not np.array_equal(y, other)


def test_the_global_random_state_is_neither_read_nor_changed():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    augment(photos(2), ALL, 0, 0, np.arange(2))
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_x_is_never_written_and_its_dtype_stays(dtype, fill_mode):
    x = photos(10, dtype=dtype)
    x.flags.writeable = False
    before = x.copy()
    ranges = Ranges(30, 0.2, 0.3, 20, (0.7, 1.4), True, True, fill_mode)
    y = augment(x, ranges, 0, 0, np.arange(10))
    assert y.dtype == dtype
    assert y.shape == x.shape
    assert not np.shares_memory(y, x)
    np.testing.assert_array_equal(x, before)


def test_values_stay_in_the_range_of_the_photo():
    x = photos(20, dtype=np.float32)
    y = augment(x, ALL, 0, 0, np.arange(20))
    assert y.min() >= x.min() - 1e-3
    assert y.max() <= x.max() + 1e-3


@pytest.mark.parametrize(
    ("ranges", "axis"),
    [(Ranges(horizontal_flip=True), 1), (Ranges(vertical_flip=True), 0)],
)
def test_flips_are_exact_involutions_of_about_half_of_the_photos(ranges, axis):
    x, which = photos(300, 3, 4, 1), np.arange(300)
    once = augment(x, ranges, 0, 0, which)
    flipped = np.array([not np.array_equal(a, b) for a, b in zip(x, once, strict=True)])
    assert 120 < flipped.sum() < 180
    np.testing.assert_array_equal(once[flipped], np.flip(x[flipped], axis + 1))
    np.testing.assert_array_equal(augment(once, ranges, 0, 0, which), x)


def test_the_two_flips_are_drawn_independently():
    x, which = photos(300, 3, 4, 1), np.arange(300)
    both = Ranges(horizontal_flip=True, vertical_flip=True)
    y = augment(x, both, 0, 0, which)
    views = [x, x[:, ::-1], x[:, :, ::-1], x[:, ::-1, ::-1]]
    counts = [
        sum(np.array_equal(a, b) for a, b in zip(y, view, strict=True))
        for view in views
    ]
    assert sum(counts) == 300
    assert min(counts) > 45


@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_ranges_that_change_nothing_return_the_photos_themselves(fill_mode):
    x = photos()
    assert Ranges(fill_mode=fill_mode).is_nothing
    assert augment(x, Ranges(fill_mode=fill_mode), 0, 0, np.arange(3)) is x
    assert not Ranges(shear=0.1).is_nothing
    assert not Ranges(vertical_flip=True).is_nothing


# A photo whose values are its own coordinates shows where pixels come from. The points
# of the middle pixel and its neighbours are inside the photo, so nothing is clipped.


def derivatives(ranges, rows=21, columns=31):
    """Return the 300 drawn maps as (centre, step across, step down) in pixels."""
    row, column = np.mgrid[:rows, :columns].astype(float)
    x = np.stack([np.stack([column, row], axis=-1)] * 300)
    i, j = rows // 2, columns // 2
    y = augment(x, ranges, 1, 0, np.arange(300))
    centre = y[:, i, j] - (j, i)
    return centre, y[:, i, j + 1] - y[:, i, j], y[:, i + 1, j] - y[:, i, j]


def fills(drawn, low, high):
    """Return whether numbers lie in a range and come close to both of its ends."""
    margin = (high - low) * 0.05
    inside = low - 1e-9 <= drawn.min() and drawn.max() <= high + 1e-9
    return inside and drawn.min() < low + margin and drawn.max() > high - margin


def test_zoom_is_drawn_from_its_range_independently_for_both_axes():
    centre, across, down = derivatives(Ranges(zoom=(0.6, 1.1)))
    assert fills(across[:, 0], 0.6, 1.1)
    assert fills(down[:, 1], 0.6, 1.1)
    assert abs(np.corrcoef(across[:, 0], down[:, 1])[0, 1]) < 0.2
    np.testing.assert_allclose(centre, 0, atol=1e-9)


def test_rotation_is_drawn_from_its_range():
    _, across, _ = derivatives(Ranges(rotation=40))
    assert fills(np.degrees(np.arctan2(across[:, 1], across[:, 0])), -40, 40)
    np.testing.assert_allclose(np.hypot(*across.T), 1, atol=1e-9)


def test_shear_is_drawn_from_its_range():
    _, across, down = derivatives(Ranges(shear=30))
    assert fills(np.degrees(np.arcsin(-down[:, 0])), -30, 30)
    np.testing.assert_allclose(across, [[1, 0]] * 300, atol=1e-9)


@pytest.mark.parametrize(
    ("ranges", "far_across", "far_down"),
    [
        (Ranges(width_shift=0.1), 3.1, 0),  # a fraction of 31 columns
        (Ranges(height_shift=0.1), 0, 2.1),  # a fraction of 21 rows
        (Ranges(width_shift=3.0), 3, 0),  # pixels
        (Ranges(height_shift=5.0), 0, 5),
    ],
)
def test_shifts_are_drawn_from_their_range(ranges, far_across, far_down):
    centre, _, _ = derivatives(ranges)
    for drawn, far in zip(centre.T, (far_across, far_down), strict=True):
        assert fills(drawn, -far, far) if far else (drawn == 0).all()


def test_the_changes_of_a_photo_are_drawn_independently():
    centre, _, down = derivatives(Ranges(width_shift=3, height_shift=3, shear=10))
    drawn = np.stack([centre[:, 0], centre[:, 1], down[:, 0]])
    apart = np.abs(np.corrcoef(drawn) - np.eye(3))
    assert apart.max() < 0.2


# Wrong arguments


@pytest.mark.parametrize("name", ["rotation", "width_shift", "height_shift", "shear"])
@pytest.mark.parametrize("value", [-0.1, math.inf, math.nan, "10", None, True])
def test_a_range_below_0_or_not_a_number_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name}_range should be 0 or more, got"):
        Ranges(**{name: value})


@pytest.mark.parametrize(
    "zoom", [(0, 1), (-0.5, 2.5), (1, math.inf), (math.nan, 1), (1, 2, 3), (1,)]
)
def test_a_zoom_of_impossible_factors_is_refused(zoom):
    with pytest.raises(ValueError, match="zoom_range should give factors above 0: a"):
        Ranges(zoom=zoom)


def test_an_unknown_fill_mode_is_refused():
    message = "fill_mode should be one of nearest, reflect, wrap, constant, got 'edge'"
    with pytest.raises(ValueError, match=message):
        Ranges(fill_mode="edge")


# Shifts from a list, and colours


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (3, {-2, -1, 0, 1, 2}),  # an int is whole pixels below it, as in Keras
        (1, {0}),
        ([-2, 2], {-2, 2}),
        ([5], {-5, 5}),
        ([0.25, 0.5], {-4, -2, 2, 4}),  # of 8 columns
        (np.array([1, 4]), {-4, -1, 1, 4}),
    ],
)
def test_shifts_may_be_whole_pixels_or_chosen_from_a_list(shift, expected):
    x = np.arange(8.0)[None, None, :, None].repeat(400, axis=0)
    y = augment(x, Ranges(width_shift=shift, fill_mode="wrap"), 0, 0, np.arange(400))
    found = {
        step
        for step in range(-6, 7)
        for photo in y[:, 0, :, 0]
        if np.allclose(photo[max(0, -step) : 8 - max(0, step)],
                       np.arange(8)[max(0, step) : 8 - max(0, -step)])
    }  # fmt: skip
    assert found == expected


def test_brightness_multiplies_and_stays_within_255():
    x = np.full((300, 2, 3, 3), 100, np.uint8)
    y = augment(x, Ranges(brightness=(0.5, 1.5)), 0, 0, np.arange(300))
    assert (y == y[:, :1, :1, :1]).all()  # one factor for a photo
    assert 50 <= y.min() < 53
    assert 147 < y.max() <= 150
    y = augment(x, Ranges(brightness=(4, 4)), 0, 0, np.arange(300))
    assert (y == 255).all()


def test_a_channel_shift_adds_one_number_and_stays_within_the_photos_values():
    x = np.array([10, 100, 200], np.float32).reshape(1, 1, 3, 1).repeat(300, axis=0)
    y = augment(x, Ranges(channel_shift=20), 0, 0, np.arange(300))
    shift = y[:, 0, 1, 0] - 100
    assert -20 <= shift.min() < -19
    assert 19 < shift.max() <= 20
    for photo, step in zip(y[:, 0, :, 0], shift, strict=True):
        want = np.clip(np.array([10, 100, 200]) + step, 10, 200)
        np.testing.assert_allclose(photo, want, atol=1e-4)


def test_colours_do_not_change_the_other_changes():
    x = photo_of_noise = np.random.default_rng(0).random((3, 6, 7, 1)) * 200
    one = Ranges(rotation=20, zoom=(0.8, 1.2))
    other = Ranges(rotation=20, zoom=(0.8, 1.2), brightness=(1, 1))
    y, z = (augment(photo_of_noise, r, 3, 1, np.arange(3)) for r in (one, other))
    np.testing.assert_allclose(y, z)
    assert not np.allclose(x, y)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"brightness": 0.5}, r"brightness_range should be two factors .* got 0.5"),
        ({"brightness": (1.5, 0.5)}, "brightness_range should be two factors"),
        ({"brightness": (-1, 1)}, "brightness_range should be two factors"),
        ({"channel_shift": -1}, "channel_shift_range should be 0 or more, got -1"),
        ({"width_shift": []}, r"width_shift_range should be a number or a list of"),
        ({"height_shift": ["a"]}, r"height_shift_range should be a number or a list"),
    ],
)
def test_a_wrong_range_of_colours_or_shifts_is_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        Ranges(**arguments)
