"""tinycnn.preprocessing.photos: one photo in a file becomes one array, upright."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from tinycnn.preprocessing import decoding
from tinycnn.preprocessing.photos import (
    PHOTO_EXTENSIONS,
    PhotoError,
    Preprocessing,
    array_to_img,
    img_to_array,
    is_photo,
    load_img,
)

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)

# EXIF orientation -> how an upright photo is stored.
HELD = {
    1: lambda x: x,
    2: lambda x: x[:, ::-1],
    3: lambda x: x[::-1, ::-1],
    4: lambda x: x[::-1],
    5: lambda x: x.transpose(1, 0, 2),
    6: lambda x: np.rot90(x),
    7: lambda x: x[::-1, ::-1].transpose(1, 0, 2),
    8: lambda x: np.rot90(x, -1),
}


def scene(rows=24, columns=40):
    """Return a photo that looks different whichever way it is turned."""
    x = np.empty((rows, columns, 3), np.uint8)
    x[: rows // 2, : columns // 2] = RED
    x[: rows // 2, columns // 2 :] = GREEN
    x[rows // 2 :, : columns // 2] = BLUE
    x[rows // 2 :, columns // 2 :] = (255, 255, 0)
    return x


def smooth(rows, columns):
    """Return a photo of slow waves, which survives JPEG and resizing."""
    down, across = np.mgrid[:rows, :columns]
    waves = [np.sin(down / 40), np.cos(across / 50), np.sin((down + across) / 70)]
    return (127.5 + 120 * np.stack(waves, axis=-1)).astype(np.uint8)


def noise(rows=9, columns=7, seed=0):
    shape = (rows, columns, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def numbers(photo, **arguments):
    return np.asarray(load_img(photo, **arguments))


def orientation(number):
    exif = Image.Exif()
    exif[0x0112] = number
    return exif


def png_of_size(path, rows, columns):
    """Write a PNG whose header gives this size; its pixels are missing."""

    def chunk(kind, content):
        crc = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + crc

    header = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


# Upright


@pytest.mark.parametrize("held", HELD)
@pytest.mark.parametrize(
    ("extension", "options"),
    [
        ("jpg", {"quality": 95, "subsampling": 0}),
        ("png", {}),
        ("tif", {}),
        ("webp", {"lossless": True}),
    ],
)
def test_a_photo_becomes_upright_for_every_orientation(
    tmp_path, held, extension, options
):
    path = tmp_path / f"photo.{extension}"
    stored = Image.fromarray(np.ascontiguousarray(HELD[held](scene())))
    stored.save(path, exif=orientation(held), **options)
    x = numbers(path).astype(int)
    assert x.shape == scene().shape
    assert np.abs(x - scene()).mean() < (3 if extension == "jpg" else 1e-9)


def test_turning_comes_before_resizing(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(np.rot90(scene()).copy()).save(path, exif=orientation(6))
    x = numbers(path, target_size=(12, 20), interpolation="nearest")
    np.testing.assert_array_equal(x, scene(12, 20))


def test_an_unknown_orientation_turns_nothing(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(scene()).save(path, exif=orientation(9))
    np.testing.assert_array_equal(numbers(path), scene())


@pytest.mark.parametrize(
    "damage",
    [
        b"Exif\x00\x00",
        b"Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\xff\xff\x01",
        b"Exif\x00\x00II\x2a\x00\xff\xff\xff\x7f",
        b"Exif\x00\x00rubbish, no TIFF header at all",
    ],
)
@pytest.mark.parametrize("extension", ["jpg", "webp"])
def test_damaged_exif_does_not_lose_the_photo(tmp_path, extension, damage):
    path = tmp_path / f"photo.{extension}"
    Image.fromarray(scene()).save(path, exif=damage, quality=95)
    x = numbers(path)
    assert x.shape == (24, 40, 3)
    assert np.abs(x.astype(int) - scene()).mean() < 12


# Every kind of pixel


def rgba():
    x = np.dstack([scene(), np.full((24, 40), 255, np.uint8)])
    x[:12, :, 3] = 0
    return Image.fromarray(x)


def grey_with_alpha():
    x = np.zeros((24, 40, 2), np.uint8)
    x[12:, :, 1] = 255
    return Image.fromarray(x)


def palette():
    image = Image.new("P", (40, 24), 0)
    image.putpalette([*RED, *BLUE])
    image.paste(1, (0, 12, 40, 24))
    return image


def test_transparent_pixels_are_laid_on_white(tmp_path):
    path = tmp_path / "photo.png"
    rgba().save(path)
    x = numbers(path)
    assert (x[:12] == 255).all()
    np.testing.assert_array_equal(x[12:], scene()[12:])


def test_half_transparent_pixels_are_half_white(tmp_path):
    path = tmp_path / "photo.png"
    Image.new("RGBA", (2, 2), (*RED, 51)).save(path)
    np.testing.assert_allclose(numbers(path)[0, 0], (255, 204, 204), atol=1)


def test_transparent_grey_pixels_are_laid_on_white(tmp_path):
    path = tmp_path / "photo.png"
    grey_with_alpha().save(path)
    with Image.open(path) as stored:
        assert stored.mode == "LA"
    x = numbers(path, color_mode="grayscale")
    assert (x[:12] == 255).all()
    assert (x[12:] == 0).all()


@pytest.mark.parametrize("transparency", [0, b"\x00\xff"])
@pytest.mark.parametrize("extension", ["png", "gif"])
def test_a_transparent_colour_of_a_palette_is_laid_on_white(
    tmp_path, extension, transparency
):
    if extension == "gif":
        transparency = 0  # all that a GIF supports
    path = tmp_path / f"photo.{extension}"
    palette().save(path, transparency=transparency)
    x = numbers(path)
    assert (x[:12] == 255).all()
    assert (x[12:] == BLUE).all()


def test_a_transparent_colour_without_a_palette_is_laid_on_white(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(scene()).save(path, transparency=RED)
    x = numbers(path)
    assert (x[:12, :20] == 255).all()
    np.testing.assert_array_equal(x[:, 20:], scene()[:, 20:])


@pytest.mark.parametrize("extension", ["png", "tif", "pgm"])
def test_16_bits_are_scaled_and_not_clipped(tmp_path, extension):
    path = tmp_path / f"photo.{extension}"
    stored = np.array([[0, 257, 25700, 60000, 65535]], np.uint16)
    if extension == "pgm":  # old Pillows read 16 bits and cannot write them
        path.write_bytes(b"P5 5 1 65535\n" + stored.astype(">u2").tobytes())
    else:
        Image.fromarray(stored).save(path)
    x = numbers(path, color_mode="grayscale")
    assert x.tolist() == [[0, 1, 100, 233, 255]]
    assert (numbers(path)[..., 0] == x).all()


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ([0, 0.5, 1], [0, 128, 255]),
        ([0, 100, 255], [0, 100, 255]),
        ([0, 500, 1000], [0, 128, 255]),
        ([-5, np.nan, 200], [0, 0, 200]),
    ],
)
def test_floats_are_scaled_by_what_their_largest_number_suggests(
    tmp_path, stored, expected
):
    path = tmp_path / "photo.tif"
    Image.fromarray(np.array([stored], np.float32)).save(path)
    np.testing.assert_allclose(numbers(path)[0, :, 1], expected, atol=1)


@pytest.mark.parametrize(
    ("mode", "extension", "colour", "expected"),
    [
        ("1", "png", 1, WHITE),
        ("1", "pbm", 0, (0, 0, 0)),
        ("L", "png", 77, (77, 77, 77)),
        ("L", "jpg", 77, (77, 77, 77)),
        ("L", "pgm", 77, (77, 77, 77)),
        ("RGB", "bmp", (1, 2, 3), (1, 2, 3)),
        ("RGB", "ppm", (1, 2, 3), (1, 2, 3)),
        ("RGB", "tif", (1, 2, 3), (1, 2, 3)),
        ("CMYK", "tif", (0, 255, 255, 0), RED),
        ("CMYK", "jpg", (255, 0, 255, 0), (0, 255, 0)),
        ("RGB", "gif", BLUE, BLUE),
    ],
)
def test_every_kind_of_pixel_becomes_rgb(tmp_path, mode, extension, colour, expected):
    path = tmp_path / f"photo.{extension}"
    Image.new(mode, (6, 5), colour).save(path)
    image = load_img(path)
    assert image.mode == "RGB"
    assert image.size == (6, 5)
    np.testing.assert_allclose(np.asarray(image)[2, 3], expected, atol=2)


def test_a_palette_becomes_its_colours(tmp_path):
    path = tmp_path / "photo.png"
    palette().save(path)
    with Image.open(path) as stored:
        assert stored.mode == "P"
    assert numbers(path)[0, 0].tolist() == list(RED)
    assert numbers(path)[23, 0].tolist() == list(BLUE)


def test_webp_is_read(tmp_path):
    path = tmp_path / "photo.webp"
    Image.fromarray(noise()).save(path, lossless=True)
    np.testing.assert_array_equal(numbers(path), noise())


def test_the_first_picture_of_a_moving_gif_is_read(tmp_path):
    path = tmp_path / "photo.gif"
    first, second = (Image.new("RGB", (4, 3), colour) for colour in (RED, BLUE))
    first.save(path, save_all=True, append_images=[second])
    assert (numbers(path) == RED).all()


@pytest.mark.parametrize(
    "arguments", [{"color_mode": "grayscale"}, {"grayscale": True}]
)
def test_grayscale_weighs_the_three_channels_as_eyes_do(tmp_path, arguments):
    path = tmp_path / "photo.png"
    Image.new("RGB", (2, 1), (100, 50, 200)).save(path)
    image = load_img(path, **arguments)
    assert image.mode == "L"
    weighted = 0.299 * 100 + 0.587 * 50 + 0.114 * 200
    assert abs(np.asarray(image)[0, 0] - weighted) <= 1


# Size


def test_target_size_is_rows_then_columns(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(scene()).save(path)
    image = load_img(path, target_size=(10, 30))
    assert image.size == (30, 10)
    assert img_to_array(image).shape == (10, 30, 3)


def test_one_number_as_target_size_is_a_square(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(scene()).save(path)
    assert load_img(path, target_size=8).size == (8, 8)


def test_a_photo_of_the_target_size_is_not_changed(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(noise()).save(path)
    x = numbers(path, target_size=(9, 7), interpolation="lanczos")
    np.testing.assert_array_equal(x, noise())


def test_nearest_takes_the_pixel_in_the_middle_of_each_cell(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(noise(9, 15)).save(path)
    x = numbers(path, target_size=(3, 5), interpolation="nearest")
    np.testing.assert_array_equal(x, noise(9, 15)[1::3, 1::3])


@pytest.mark.parametrize("target_size", [(4, 3), (20, 31)])
def test_nearest_gives_pillows_and_so_keras_pixels(tmp_path, target_size):
    path = tmp_path / "photo.png"
    Image.fromarray(noise()).save(path)
    expected = Image.fromarray(noise()).resize(target_size[::-1], 0)
    x = numbers(path, target_size=target_size, interpolation="nearest")
    np.testing.assert_array_equal(x, np.asarray(expected))


def test_shrinking_averages_by_default(tmp_path):
    path = tmp_path / "stripes.png"
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    Image.fromarray(stripes).save(path)
    x = numbers(path, target_size=(8, 8))
    np.testing.assert_allclose(x, 100, atol=8)
    nearest = numbers(path, target_size=(8, 8), interpolation="nearest")
    assert set(nearest.ravel().tolist()) <= {0, 200}


@pytest.mark.parametrize("held", [1, 6])
def test_a_large_jpeg_read_smaller_is_close_to_the_whole_one(tmp_path, held):
    path = tmp_path / "photo.jpg"
    photo = HELD[held](smooth(900, 1400))
    Image.fromarray(np.ascontiguousarray(photo)).save(path, exif=orientation(held))
    x = numbers(path, target_size=(60, 90)).astype(int)
    whole = load_img(path).resize((90, 60), Image.Resampling.BILINEAR)
    difference = np.abs(x - np.asarray(whole))
    assert difference.mean() < 1
    assert difference.max() < 8


def test_a_large_jpeg_is_not_decoded_whole(tmp_path, monkeypatch):
    path = tmp_path / "photo.jpg"
    Image.fromarray(smooth(800, 1600)).save(path)
    sizes = []
    resize = Image.Image.resize
    monkeypatch.setattr(
        Image.Image,
        "resize",
        lambda image, *rest: sizes.append(image.size) or resize(image, *rest),
    )
    load_img(path, target_size=(64, 64))
    assert sizes == [(400, 200)]  # no side below twice 64


# Files that are not photos


def test_the_content_decides_and_not_the_name(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.fromarray(noise()).save(path, format="PNG")
    np.testing.assert_array_equal(numbers(path), noise())
    nameless = path.rename(tmp_path / "photo")
    np.testing.assert_array_equal(numbers(str(nameless)), noise())


def test_html_named_jpg_is_an_error_that_names_the_file(tmp_path):
    path = tmp_path / "not found.jpg"
    path.write_text("<!DOCTYPE html><title>404</title>")
    with pytest.raises(
        PhotoError, match=r"not found\.jpg: it is not a photo in a supp"
    ):
        load_img(path)


def test_postscript_is_never_started(tmp_path):
    path = tmp_path / "drawing.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n")
    with pytest.raises(PhotoError, match=r"drawing\.png: it is not a photo in a supp"):
        load_img(path)


@pytest.mark.parametrize("extension", ["jpg", "png", "bmp", "tif", "gif"])
def test_half_a_file_is_an_error(tmp_path, extension):
    path = tmp_path / f"half.{extension}"
    Image.fromarray(noise(60, 60)).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    message = (
        rf"half\.{extension}: (the file is damaged or cut off; Pillow says: |it is n)"
    )
    with pytest.raises(PhotoError, match=message):
        load_img(path)


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (
            b"\xff\xd8\xff\xe0",
            "it begins like a JPEG file, but is damaged or of a kind",
        ),
        (b"\x89PNG\r\n\x1a\n", "it begins like a PNG file, but is damaged"),
        (b"GIF89a", "it begins like a GIF file, but is damaged"),
        (b"<html>", "it is not a photo in a supported format"),
    ],
)
def test_a_file_that_begins_like_a_photo_is_damaged(tmp_path, start, message):
    path = tmp_path / "photo.jpg"
    path.write_bytes(start + bytes(20))
    with pytest.raises(PhotoError, match=message):
        load_img(path)
    with pytest.raises(PhotoError, match="it is not a photo in a supported format"):
        load_img(io.BytesIO(b"<html>"))


def test_an_empty_file_is_an_error(tmp_path):
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(PhotoError, match=r"empty\.jpg: the file is empty"):
        load_img(tmp_path / "empty.jpg")


def test_a_folder_is_an_error(tmp_path):
    (tmp_path / "folder.jpg").mkdir()
    with pytest.raises(PhotoError, match=r"folder\.jpg: it is a folder"):
        load_img(tmp_path / "folder.jpg")


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(
        PhotoError, match=r"nowhere\.jpg: (No such file|The system cannot)"
    ):
        load_img(tmp_path / "nowhere.jpg")


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has FIFOs")
def test_a_fifo_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(PhotoError, match=r"pipe\.jpg: it is a folder or a device"):
        load_img(tmp_path / "pipe.jpg")


@pytest.mark.parametrize("side", [9_700, 60_000])  # Pillow warns, Pillow raises
def test_a_decompression_bomb_is_an_error(tmp_path, side):
    png_of_size(tmp_path / "bomb.png", side, side)
    with pytest.raises(PhotoError, match=r"bomb\.png: it has too many pixels"):
        load_img(tmp_path / "bomb.png", target_size=(8, 8))


def test_an_object_that_is_not_a_photo_is_an_error():
    with pytest.raises(PhotoError, match="ndarray: "):
        load_img(np.zeros((4, 4, 3)))


@pytest.mark.skipif(os.name != "posix", reason="other systems refuse such names")
def test_a_hostile_name_is_shown_escaped(tmp_path):
    path = tmp_path / "evil\x1b[31m\nphoto.jpg"
    path.write_text("no photo")
    with pytest.raises(PhotoError, match=r"evil\\x1b\[31m\\nphoto\.jpg: it is not"):
        load_img(path)


def test_a_file_is_never_changed_and_not_kept_open(tmp_path):
    path = tmp_path / "photo.jpg"
    Image.fromarray(scene()).save(path, exif=orientation(6))
    before = path.read_bytes()
    load_img(path, target_size=(8, 8))
    assert path.read_bytes() == before
    path.unlink()  # Windows would refuse if the file were still open


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"color_mode": "rgba"}, "color_mode should be one of rgb, grayscale, got"),
        (
            {"interpolation": "best"},
            "interpolation should be one of nearest, bil.*'best'",
        ),
        ({"target_size": (8, 0)}, "target_size should be a whole number of at least 1"),
        (
            {"target_size": (8, 8, 3)},
            r"target_size should be \(rows, columns\) without",
        ),
        ({"target_size": 8.5}, "target_size should be a whole number .* got 8.5"),
    ],
)
def test_a_wrong_argument_is_named_and_is_not_a_photo_error(
    tmp_path, arguments, message
):
    with pytest.raises(ValueError, match=message) as caught:
        load_img(tmp_path / "nowhere.jpg", **arguments)
    assert not isinstance(caught.value, PhotoError)


# Pillow images and arrays


@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_a_pillow_image_is_prepared_like_its_file(tmp_path, extension):
    path = tmp_path / f"photo.{extension}"
    Image.fromarray(scene()).save(path, exif=orientation(8))
    with Image.open(path) as image:
        np.testing.assert_array_equal(
            numbers(image, target_size=(9, 11)), numbers(path, target_size=(9, 11))
        )


def test_a_pillow_image_is_not_changed():
    image = rgba()
    before = image.tobytes()
    load_img(image, target_size=(3, 3), color_mode="grayscale")
    assert (image.mode, image.size, image.tobytes()) == ("RGBA", (40, 24), before)


def test_img_to_array_is_float32_in_0_to_255():
    x = img_to_array(Image.fromarray(noise()))
    assert x.dtype == np.float32
    assert x.shape == (9, 7, 3)
    np.testing.assert_array_equal(x, noise())


def test_img_to_array_gives_grey_photos_a_channel_axis():
    image = Image.fromarray(noise()).convert("L")
    x = img_to_array(image, dtype=np.float64)
    assert x.shape == (9, 7, 1)
    assert x.dtype == np.float64
    np.testing.assert_array_equal(x[..., 0], np.asarray(image))


@pytest.mark.parametrize("path", ["a.jpg", Path("a.jpg")])
def test_img_to_array_says_that_a_path_must_be_loaded_first(path):
    with pytest.raises(TypeError, match=r"takes an image: load_img\('a.jpg'\) first"):
        img_to_array(path)


@pytest.mark.parametrize("channels", [1, 3])
def test_array_to_img_undoes_img_to_array(channels):
    x = noise()[..., :channels].astype(np.float32)
    image = array_to_img(x, scale=False)
    assert image.mode == ("RGB" if channels == 3 else "L")
    np.testing.assert_array_equal(img_to_array(image), x)


def test_array_to_img_without_scale_rounds_and_clips():
    x = np.array([[[-3.0], [99.4], [99.6], [300.0]]])
    assert np.asarray(array_to_img(x, scale=False)).tolist() == [[0, 99, 100, 255]]


def test_array_to_img_with_scale_stretches_to_0_and_255():
    x = np.array([[[-1.0], [0.0], [1.0]]])
    assert np.asarray(array_to_img(x)).tolist() == [[0, 128, 255]]
    assert x.ravel().tolist() == [-1, 0, 1]  # the caller's array is not changed


def test_array_to_img_of_one_colour_does_not_divide_by_0():
    assert np.asarray(array_to_img(np.full((2, 2, 3), 7.0))).max() == 0


@pytest.mark.parametrize("shape", [(4, 4), (1, 4, 4, 3), (4, 4, 2), (4, 4, 4)])
def test_array_to_img_names_the_expected_shapes(shape):
    with pytest.raises(ValueError, match=r"one photo, \(H, W, 3\) or \(H, W, 1\), got"):
        array_to_img(np.zeros(shape))


def test_paths_and_pillow_images_are_photos_and_arrays_are_not(tmp_path):
    assert is_photo("photo.jpg")
    assert is_photo(tmp_path)
    assert is_photo(Image.new("L", (1, 1)))
    assert not is_photo(np.zeros((4, 4, 3)))


# Preprocessing


def test_preprocessing_gives_a_batch_of_scaled_photos(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(noise()).save(path)
    prepare = Preprocessing((9, 7), rescale=1 / 255)
    x = prepare([path, str(path), Image.fromarray(noise())])
    assert x.shape == (3, 9, 7, 3)
    assert x.dtype == np.float32
    np.testing.assert_allclose(x[0], noise() / 255, rtol=1e-6)
    np.testing.assert_array_equal(x[0], x[1])
    np.testing.assert_array_equal(x[0], x[2])


def test_preprocessing_of_no_photos_is_an_empty_batch():
    assert Preprocessing((9, 7))([]).shape == (0, 9, 7, 3)


def test_preprocessing_without_rescale_keeps_0_to_255(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(noise()).save(path)
    prepare = Preprocessing((9, 7))
    np.testing.assert_array_equal(prepare([path])[0], noise())
    assert prepare.pixels(path).dtype == np.uint8


def test_preprocessing_in_grey_has_one_channel(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(noise()).save(path)
    prepare = Preprocessing((4, 6), "grayscale")
    assert prepare.shape == (4, 6, 1)
    assert prepare([path]).shape == (1, 4, 6, 1)


def test_preprocessing_is_rebuilt_from_its_config():
    prepare = Preprocessing((4, 6), "grayscale", "nearest", 1 / 255)
    assert prepare.config() == {
        "target_size": [4, 6],
        "color_mode": "grayscale",
        "interpolation": "nearest",
        "rescale": 1 / 255,
    }
    assert Preprocessing(**prepare.config()) == prepare


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target_size": 0}, "target_size should be a whole number of at least 1"),
        (
            {"target_size": 4, "color_mode": "bgr"},
            "color_mode should be one of .*'bgr'",
        ),
        ({"target_size": 4, "interpolation": ""}, "interpolation should be one of"),
        ({"target_size": 4, "rescale": 0}, r"rescale should not be 0.0; try 1/255"),
        ({"target_size": 4, "rescale": np.nan}, "rescale should not be nan"),
    ],
)
def test_preprocessing_refuses_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Preprocessing(**arguments)


@pytest.mark.parametrize("rescale", [None, 1 / 255])
def test_pixels_are_scaled_in_place_only_if_allowed(rescale):
    preprocessing = Preprocessing((2, 3), rescale=rescale)
    pixels = np.arange(18, dtype=np.uint8).reshape(1, 2, 3, 3)
    floats = pixels.astype(np.float32)
    expected = floats * np.float32(rescale or 1)
    for array in (pixels, floats):
        before = array.copy()
        x = preprocessing.scaled(array)
        assert x.dtype == np.float32 and np.array_equal(x, expected)
        assert not np.shares_memory(x, array) and np.array_equal(array, before)
    x = preprocessing.scaled(floats, in_place=True)
    assert np.array_equal(x, expected) and np.shares_memory(x, floats)


# Kinds of files and sources


KINDS = [(".jfif", "JPEG"), (".jpe", "JPEG"), (".tiff", "TIFF"), (".ppm", "PPM")]
if "avif" in features.modules and features.check("avif"):  # Pillow 11.3
    KINDS.append((".avif", "AVIF"))


@pytest.mark.parametrize(("extension", "kind"), KINDS)
def test_photos_of_unusual_names_are_read(tmp_path, extension, kind):
    path = tmp_path / f"photo{extension}"
    Image.new("RGB", (7, 5), (200, 60, 50)).save(path, kind)
    assert extension in PHOTO_EXTENSIONS
    x = img_to_array(load_img(path))
    assert x.shape == (5, 7, 3)
    np.testing.assert_allclose(x.mean(axis=(0, 1)), [200, 60, 50], atol=4)


def test_a_pillow_that_does_not_know_avif_reads_the_other_formats(monkeypatch):
    monkeypatch.delitem(features.modules, "avif", raising=False)
    decoding._formats.cache_clear()
    try:
        assert "AVIF" not in decoding._formats()
        assert "JPEG" in decoding._formats()
    finally:
        decoding._formats.cache_clear()


def test_an_open_file_is_a_photo_and_may_be_read_twice(tmp_path):
    path = tmp_path / "photo.png"
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    upload = io.BytesIO(path.read_bytes())
    for _ in range(2):
        np.testing.assert_array_equal(img_to_array(load_img(upload)), pixels)
    with path.open("rb") as file:
        np.testing.assert_array_equal(img_to_array(load_img(file)), pixels)
    assert is_photo(upload)
    assert not is_photo(pixels)
    prepared = Preprocessing((5, 7))([upload, path])
    np.testing.assert_array_equal(prepared, np.stack([pixels, pixels]))


@pytest.mark.parametrize(
    ("photo", "message"),
    [
        (
            "https://example.org/cat.jpg",
            r"cat\.jpg: it is an address, not a file: save",
        ),
        (np.zeros((4, 5, 3)), "it is an array already: array_to_img"),
        (io.StringIO("text"), r"should be open for bytes: open\(path, 'rb'\)"),
        (io.BytesIO(), "the file is empty"),
        (7, "it is neither a path, an open file nor a Pillow image"),
    ],
    ids=["address", "array", "text", "empty", "number"],
)
def test_what_is_not_a_photo_gets_one_line(photo, message):
    with pytest.raises(PhotoError, match=message):
        load_img(photo)


def test_a_size_of_three_says_where_the_channels_belong(tmp_path):
    message = r"without the channels, got \(8, 9, 3\): write target_size=\(8, 9\)"
    with pytest.raises(ValueError, match=message):
        load_img(tmp_path / "photo.png", target_size=(8, 9, 3))
    with pytest.raises(ValueError, match=message):
        Preprocessing((8, 9, 3))


@pytest.mark.parametrize(("bits", "white"), [(8, 255), (12, 4095), (16, 65535)])
def test_grey_levels_of_8_12_and_16_bits_in_a_16_bit_photo(tmp_path, bits, white):
    levels = np.linspace(0, white, 256).round().reshape(16, 16)
    Image.fromarray(levels.astype(np.uint16)).save(tmp_path / "xray.png")
    x = img_to_array(load_img(tmp_path / "xray.png", color_mode="grayscale"))
    np.testing.assert_allclose(x.ravel(), np.arange(256), atol=1)


@pytest.mark.parametrize(
    ("name", "start", "said"),
    [
        ("IMG_0.HEIC", b"\0\0\0\x18ftypheic", "it is a HEIC photo, as"),
        ("photo.jpg", b"\0\0\0\x24ftypmif1", "it is a HEIC photo, as"),
        ("IMG_1.heif", b"\0\0\0\x24ftypfilm", "it is not a photo in"),
    ],
)
def test_a_photo_of_a_phone_says_what_to_do(name, start, said, tmp_path):
    path = tmp_path / name
    path.write_bytes(start + b"\0" * 40)
    with pytest.raises(PhotoError) as raised:
        load_img(path)
    message = str(raised.value)
    assert said in message
    assert message.count("Pillow cannot read HEIC: save it as JPEG") == 1
