"""Nasty photos and names: the content of each file, and the expected outcome.

`write_photos` fills a folder and returns path -> None for photos that have to be read,
or part of the reason for those that have to be left out.
"""

import gzip
import io
import os
import pickle
import socket
import struct
import zlib

import numpy as np
import PIL
from PIL import Image

NO_PHOTO = "it is not a photo in a supported format"
HEIC = "it is a HEIC photo, as phones take them, and Pillow cannot read HEIC"
BROKEN = "it begins like a"
TOO_MANY = "it has too many pixels"
EITHER = ""  # read or left out, depending on the decoder
FORMATS = {
    "jpg": "JPEG", "png": "PNG", "gif": "GIF", "bmp": "BMP", "webp": "WEBP",
    "tif": "TIFF", "ppm": "PPM",
}  # fmt: skip
ORIENTATION = 0x0112
DAMAGED_EXIF = [
    b"Exif\0\0",
    b"Exif\0\0MM\0\x2a\0\0\0\x08\xff\xff\x01",
    b"Exif\0\0II\x2a\0\xff\xff\xff\x7f",
    b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x05\0\x01\0\0\0\xff\xff\xff\xff",
    b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x02\0\x04\0\0\0abc\0\0\0\0\0",
    b"Exif\0\0rubbish, no TIFF header at all",
]
LOOKALIKES = ["caf\xe9", "cafe\u0301"]  # look the same: composed, decomposed
NAMES = [
    "two\nlines", "tab\there", "red\x1b[31m", "bell\x07", "C1\x9b31m", "null\u2400",
    "$x^2$", "$", "\\frac{a}{b}", "100% {name}", "<script>alert(1)<script>", "a&amp;b",
    "'quoted' \"twice\"", "-rf", "--help", " space ", "dots...", "~", "back\\slash",
    "#hash?query=1", "semi;colon|pipe`tick`", "a" * 200, "\u202egnp.exe",
    "zero\u200bwidth", "line\u2028separator", "\U0001f98a\u200d\U0001f525",
    "\u5496\u5561", "\u0627\u0644\u0642\u0647\u0648\u0629", *LOOKALIKES,
    b"latin \xe9", b"\xff\xfe",
]  # fmt: skip


def scene(rows=14, columns=18, channels=3, seed=0):
    """Return a photo of which no two pixels are alike."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (rows, columns, channels), dtype=np.uint8)


def content(image, kind, **options):
    """Return an image (or array) as the bytes of a file."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    file = io.BytesIO()
    image.save(file, FORMATS.get(kind, kind), **options)
    return file.getvalue()


def png_chunk(kind, data):
    crc = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + crc


def png(columns, rows, depth=8, colour=2, data=b"", extra=b""):
    """Return a PNG that says it is that large, whatever is in it."""
    head = struct.pack(">IIBBBBB", columns, rows, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + extra
        + png_chunk(b"IDAT", data)
        + png_chunk(b"IEND", b"")
    )


def blank_png(columns, colour, channels, rows):
    """Return a whole PNG of zeros, compressed a thousandfold."""
    data = zlib.compress(bytes((1 + columns * channels) * rows), 1)
    return png(columns, rows, 8, colour, data)


def scan_bomb(side=1000, scans=3000):
    """Return a progressive JPEG whose last scan stands there thousands of times."""
    image = content(Image.new("RGB", (side, side), "red"), "jpg", progressive=True)
    last = image.rindex(b"\xff\xda")
    return image[:last] + image[last:-2] * scans + image[-2:]


def rle_bmp(side):
    """Return a BMP in runs of one pixel, which Pillow reads in Python."""
    runs = (b"\x01\x05" * side + b"\0\0") * side + b"\0\1"
    head = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 8, 1, len(runs), 0, 0, 256, 0)
    start = 14 + len(head) + 1024
    return (
        b"BM"
        + struct.pack("<IHHI", start + len(runs), 0, 0, start)
        + head
        + bytes(1024)
        + runs
    )


# A Pillow before 12 writes a TIFF of this mode that no Pillow of its time can read.
READS_ITS_YCBCR = int(PIL.__version__.split(".")[0]) >= 12


def good_contents():
    """Return name -> bytes of unusual photos that have to be read."""
    found = {}
    rgb = Image.fromarray(scene())
    for held in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = held
        for kind in ("jpg", "png", "webp", "tif"):
            found[f"held {held}.{kind}"] = content(rgb, kind, exif=exif)
    for number, damage in enumerate(DAMAGED_EXIF):
        for kind in ("jpg", "png", "webp"):
            found[f"exif {number}.{kind}"] = content(rgb, kind, exif=damage)
    grey16 = Image.fromarray(np.arange(252, dtype=np.uint16).reshape(14, 18) * 260)
    modes = {
        "1": "png bmp tif ppm", "L": "jpg png gif bmp tif ppm", "LA": "png tif",
        "P": "png gif bmp tif", "RGBA": "png webp tif", "CMYK": "jpg tif",
        "YCbCr": "jpg tif" if READS_ITS_YCBCR else "jpg",
        "RGB": "jpg png gif bmp webp tif ppm",
    }  # fmt: skip
    for mode, kinds in modes.items():
        image = rgb.convert(mode)
        if "A" in mode:
            image.putalpha(Image.linear_gradient("L").resize(image.size))
        for kind in kinds.split():
            found[f"mode {mode}.{kind}"] = content(image, kind)
    found["16 bits.png"] = content(grey16, "png")
    found["16 bits.tif"] = content(grey16, "tif")
    found["32 bits.tif"] = content(grey16.convert("I"), "tif")
    found["floats.tif"] = content(grey16.convert("I").convert("F"), "tif")
    nan = np.full((14, 18), np.nan, np.float32)
    found["not a number.tif"] = content(nan, "tif")
    found["16 bits.pgm"] = b"P5 3 2 65535\n" + bytes(range(12))
    found["plain.ppm"] = b"P3 2 1 255\n1 2 3 4 5 6\n"
    palette = rgb.convert("P")
    found["palette, transparent.png"] = content(palette, "png", transparency=3)
    found["palette, half.png"] = content(palette, "png", transparency=bytes(range(256)))
    found["palette, transparent.gif"] = content(palette, "gif", transparency=3)
    found["one colour transparent.png"] = content(rgb, "png", transparency=(1, 2, 3))
    for columns, rows in ((1, 1), (1, 5000), (5000, 1), (3, 2)):
        for kind in ("jpg", "png", "webp", "gif"):
            image = Image.fromarray(scene(rows, columns))
            found[f"{columns} by {rows}.{kind}"] = content(image, kind)
    others = [Image.fromarray(scene(seed=n)) for n in (1, 2)]
    for kind in ("gif", "png", "webp", "tif"):
        name = f"animated.{kind}"
        found[name] = content(rgb, kind, save_all=True, append_images=others)
    found["progressive.jpg"] = content(rgb, "jpg", progressive=True)
    found["interlaced, a PNG.jpg"] = content(rgb, "png", interlace=True)
    found["a JPEG.png"] = content(rgb, "jpg")
    found["IN CAPITALS.JPG"] = content(rgb, "jpg")
    found["rubbish at the end.jpg"] = content(rgb, "jpg") + b"<?php" + bytes(999)
    found["a zip at the end.png"] = content(rgb, "png") + b"PK\5\6" + bytes(18)
    found["a comment of 60,000 bytes.jpg"] = content(
        rgb, "jpg", comment=b"\x1b" * 60_000
    )
    found["rle.bmp"] = rle_bmp(9)
    return found


def bad_contents():
    """Return name -> (bytes, words of the reason) of what is to be left out."""
    rgb = Image.fromarray(scene(60, 60))
    found = {
        "empty.jpg": (b"", "the file is empty"),
        "one byte.png": (b"\x89", NO_PHOTO),
        "page.jpg": (b"<!DOCTYPE html><title>404 Not Found</title>", NO_PHOTO),
        "pointer.png": (b"version https://git-lfs.github.com/spec/v1\n", NO_PHOTO),
        "text.gif": (b"Just words.\n", NO_PHOTO),
        "json.jpg": (b'{"error": "quota exceeded"}', NO_PHOTO),
        "archive.jpg": (b"PK\3\4" + bytes(200), NO_PHOTO),
        "squeezed.png": (gzip.compress(content(rgb, "png")), NO_PHOTO),
        "pickle.jpg": (pickle.dumps([1, 2, 3]), NO_PHOTO),
        "postscript.jpg": (b"%!PS-Adobe-3.0 EPSF-3.0\n", NO_PHOTO),
        "document.jpg": (b"%PDF-1.7\n", NO_PHOTO),
        "drawing.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_PHOTO),
        "phone.jpg": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", HEIC),
        "film.gif": (b"\0\0\0\x18ftypmp42\0\0\0\0", NO_PHOTO),
        "icon.png": (b"\0\0\1\0\1\0\x10\x10\0\0\1\0 \0h\4\0\0\x16\0\0\0", NO_PHOTO),
        "layers.tif": (b"8BPS\0\1" + bytes(40), NO_PHOTO),
        "program.bmp": (b"\x7fELF" + bytes(100), NO_PHOTO),
        "zeros.jpg": (bytes(1000), NO_PHOTO),
        "ones.png": (b"\xff" * 1000, NO_PHOTO),
        "start only.jpg": (b"\xff\xd8\xff", BROKEN),
        "start only.gif": (b"GIF89a", BROKEN),
        "start only.webp": (b"RIFF\0\0\0\0WEBP", NO_PHOTO),
        "start only.tif": (b"II\x2a\0\x08\0\0\0", NO_PHOTO),
        "no rows.png": (png(9, 0), BROKEN),
        "no columns.gif": (b"GIF89a" + bytes(7) + b";", EITHER),
        "a link of TIFF to itself.tif": (
            b"II\x2a\0\x08\0\0\0" + b"\0\0" + b"\x08\0\0\0",
            NO_PHOTO,
        ),
        "bomb of 3.6 thousand million.png": (png(60_000, 60_000), TOO_MANY),
        "bomb of 94 million.png": (png(9700, 9700), TOO_MANY),
        "bomb of 81 million.png": (png(9000, 9000, colour=6), TOO_MANY),
        "bomb of two thousand million.png": (png(2**31 - 1, 1), TOO_MANY),
        "bomb of 16 million rows.png": (png(1, 2**24), TOO_MANY),
        "bomb.gif": (b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\0\0\0", EITHER),
        "bomb.bmp": (
            b"BM" + struct.pack("<IHHI", 54, 0, 0, 54)
            + struct.pack("<IiiHHIIiiII", 40, 9000, 9000, 1, 24, 0, 0, 0, 0, 0, 0),
            TOO_MANY,
        ),
        "bomb.ppm": (b"P6 9000 9000 255\n", TOO_MANY),
        "bomb.pgm": (b"P5 100000 100000 255\n", TOO_MANY),
        "a thousand channels.tif": (
            content(rgb, "tif").replace(
                struct.pack("<HHIH", 277, 3, 1, 3), struct.pack("<HHIH", 277, 3, 1, 999)
            ),
            NO_PHOTO,
        ),
        "bomb of text.png": (
            png(9, 9, extra=png_chunk(
                b"zTXt", b"a\0\0" + zlib.compress(bytes(20_000_000)))),
            EITHER,
        ),
        "bomb of passes.jpg": (scan_bomb(), "too many scans for so many pixels"),
        "slow.ppm": (
            b"P3 1400 1400 255\n" + b"7 " * (3 * 1400**2),
            "a format that is slow to read",
        ),
        "slow.bmp": (rle_bmp(2300), "a format that is slow to read"),
        "damaged checksum.png": (
            content(rgb, "png").replace(b"IDAT", b"IDAT\1", 1), EITHER,
        ),
    }  # fmt: skip
    webp = content(Image.new("RGB", (6000, 6000)), "webp", lossless=True, method=0)
    found["bomb.webp"] = (webp, TOO_MANY)
    for kind in FORMATS:
        whole = content(rgb, kind)
        for share in (0.1, 0.5, 0.9):
            half = whole[: int(len(whole) * share)]
            found[f"cut at {share:.0%}.{kind}"] = (half, EITHER)
        found[f"without its last byte.{kind}"] = (whole[:-1], EITHER)
        swapped = bytearray(whole)
        swapped[len(whole) // 2 :] = swapped[: len(whole) // 2 - 1 : -1]
        found[f"its end backwards.{kind}"] = (bytes(swapped), EITHER)
    for kind in ("jpg", "png", "bmp", "tif", "gif"):
        name = f"cut at 50%.{kind}"
        found[name] = (found[name][0], ": ")  # whatever the reason: it is incomplete
    return found


def write_large_photos(folder):
    """Write a photo per format that is just small enough to be read; return paths."""
    rgb = Image.new("RGB", (9400, 9400), "red")
    found = {"large.jpg": content(rgb, "jpg")}
    rgb = rgb.crop((0, 0, 8100, 8100))
    found["passes.jpg"] = content(rgb, "jpg", progressive=True, subsampling=0)
    rgb = rgb.crop((0, 0, 7000, 7000))
    found["cmyk.jpg"] = content(rgb.convert("CMYK"), "jpg", progressive=True)
    found["large.tif"] = content(rgb, "tif", compression="tiff_deflate")
    found["floats.tif"] = content(rgb.convert("F"), "tif", compression="tiff_lzw")
    found["transparent.png"] = blank_png(7000, 6, 4, rows=7000)
    rgba = rgb.crop((0, 0, 5000, 5000)).convert("RGBA")
    found["large.webp"] = content(rgba, "webp", lossless=True, method=0)
    found["long.png"] = blank_png(1, 2, 3, rows=9_000_000)
    found["slow.ppm"] = b"P3 1200 1200 255\n" + b"7 " * (3 * 1200**2)
    found["slow.bmp"] = rle_bmp(2200)
    for name, data in found.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in found]


def write_photos(folder):
    """Fill a folder; return path -> None, words of the reason, or EITHER."""
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}

    def write(name, data, outcome):
        path = folder / name
        if path.exists():  # to macOS, composed and decomposed letters are the same
            return
        try:
            path.write_bytes(data)
        except OSError:  # a name that this system does not have
            return
        expected[path] = outcome

    for name, data in good_contents().items():
        write(name, data, None)
    for name, (data, reason) in bad_contents().items():
        write(name, data, reason)
    photo = content(scene(seed=3), "png")
    for name in NAMES:
        name = os.fsdecode(name) if isinstance(name, bytes) else name
        write(f"{name}.png", photo, None)
        write(f"{name}.jpg", b"no photo", NO_PHOTO)
    if os.name == "posix":
        expected |= _special_files(folder, photo)
    return expected


def _special_files(folder, photo):
    """Write what only POSIX has: pipes, sockets, links."""
    outside = folder.parent.parent / "outside.png"
    outside.write_bytes(photo)
    os.mkfifo(folder / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as plug:
        here = os.getcwd()  # noqa: PTH109 - a socket's path may have 100 letters
        os.chdir(folder)
        try:
            plug.bind("socket.jpg")
        finally:
            os.chdir(here)
    (folder / "link.png").symlink_to(outside)
    (folder / "nowhere.png").symlink_to(folder / "nothing.png")
    (folder / "itself.jpg").symlink_to("itself.jpg")
    (folder / "folder.jpg").mkdir()
    (folder / "folder.jpg" / "inside.png").write_bytes(photo)
    (folder / "empty folder.jpg").mkdir()
    (folder / "round and round").symlink_to(folder, target_is_directory=True)
    return {
        folder / "pipe.jpg": "it is a folder or a device, not a file",
        folder / "socket.jpg": "it is a folder or a device, not a file",
        folder / "link.png": None,
        folder / "nowhere.png": "No such file or directory",
        folder / "itself.jpg": "Too many levels of symbolic links",
        folder / "folder.jpg" / "inside.png": None,
    }
