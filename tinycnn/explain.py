"""A page that explains an answer: python -m tinycnn.explain MODEL PHOTO ..."""

from pathlib import Path

from tinycnn.commands.arguments import (
    DONE,
    PARTLY,
    CommandError,
    Parser,
    add_model_and_photos,
    complain,
    photo_paths,
    refuse_photo_first,
    refuse_undescribed,
)
from tinycnn.commands.process import Signals, run
from tinycnn.files.atomic import write_aside
from tinycnn.models import load_model
from tinycnn.page.facts import Explained, Json, PageError
from tinycnn.page.html import document, is_page
from tinycnn.preprocessing.photos import PhotoError
from tinycnn.text import count_of, display_name, say, size_of

MOST_PHOTOS = 24

DESCRIPTION = """\
Explain a model's answers on photos: one HTML page on which every number can be followed
back to the pixels, and adds up to what predict says. It opens offline by double click.
"""
EPILOG = f"""\
The page holds the photos (small, and without what the camera wrote into them) and the
weights they need, at most {MOST_PHOTOS} photos. Folders are searched with all folders
in them. Photos are only read; a file is only replaced if it is such a page.

Exit status: 0 all explained, 1 some photo could not be read (the others are explained),
2 could not start (a model file that is missing or damaged, a page that cannot be
written).

Examples:
  python -m tinycnn.explain runs/drawings/model.safetensors my_photo.jpg
  python -m tinycnn.explain model.safetensors a.jpg b.jpg --output heroes.html
"""


def main(arguments: list[str], signals: Signals) -> int:
    """Write the page; return the exit status."""
    parser = Parser("python -m tinycnn.explain", DESCRIPTION, EPILOG)
    add_model_and_photos(parser)
    parser.add_argument("--output", type=Path, metavar="FILE",
        default=Path("explanation.html"),
        help="where the page is written (default explanation.html)")  # fmt: skip
    options = parser.parse_args(arguments)
    refuse_photo_first(options.model, options.photos)
    model = load_model(options.model)
    refuse_undescribed(model, options.model)
    check_output(options.output)
    paths, failed = photo_paths(options.photos)
    if len(paths) > MOST_PHOTOS:
        raise CommandError(
            f"a page holds at most {MOST_PHOTOS} photos, got {len(paths):,}; name "
            "fewer of them"
        )
    try:
        explained = Explained(
            model, "/".join(Path(options.model).absolute().parts[-2:])
        )
    except PageError as error:
        raise CommandError(f"{display_name(options.model)}: {error}") from error
    photos_json: list[Json] = []
    for path in paths:
        try:
            photos_json.append(explained.photo(path, path.name))
        except (PhotoError, PageError) as error:
            complain(f"error: {error}")
            failed += 1
    if not photos_json:
        return PARTLY
    _write(options.output, document(explained.content(), photos_json).encode())
    return PARTLY if failed else DONE


def check_output(path: Path) -> None:
    """Refuse to replace another kind of file, such as a photo or the model."""
    if path.is_dir():
        raise CommandError(
            f"{display_name(path)} is a folder; name the page's file with --output, "
            f"such as {display_name(path / 'explanation.html')}"
        )
    if (path.exists() or path.is_symlink()) and not is_page(path):
        raise CommandError(
            f"{display_name(path)} is not a page written by tinycnn and would be "
            "replaced; choose another with --output"
        )
    if not path.parent.is_dir():
        raise CommandError(
            f"{display_name(path)} cannot be written: there is no folder "
            f"{display_name(path.parent)}"
        )


def _write(path: Path, page: bytes) -> None:
    """Write the page and print its size."""
    try:
        write_aside(path, [page])
    except OSError as error:
        raise CommandError(
            f"{display_name(path)} cannot be written: {error.strerror or error}; "
            "choose another place with --output"
        ) from error
    say(
        f"wrote {display_name(path)} ({size_of(len(page))}): "
        f"{count_of(page.count(b'data:image/jpeg'), 'photo')}; open it in a browser"
    )


if __name__ == "__main__":
    run(main)
