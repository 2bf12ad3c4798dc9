"""The seal: what was changed, or is another's, is never replaced."""

import os
import zipfile

import pytest

from tinycnn.files.sealed import (
    PlaceError,
    check_place,
    is_sealed,
    sealed_text,
    sealed_zip,
    write,
)


def zip_at(path):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("inside", "photos")
    return path.read_bytes()


def test_a_sealed_program_is_replaced(tmp_path):
    path = tmp_path / "program.py"
    write(path, sealed_text("print(1)\n"))
    assert path.read_text().startswith("print(1)\n\n# tinycnn.export sha256 ")
    write(path, sealed_text("print(2)\n"))
    assert "print(2)" in path.read_text()


def test_a_program_that_was_changed_stays(tmp_path):
    path = tmp_path / "program.py"
    write(path, sealed_text("print(1)"))
    changed = path.read_bytes().replace(b"1", b"3", 1)
    path.write_bytes(changed)
    with pytest.raises(PlaceError, match=r"not as tinycnn\.export wrote it"):
        write(path, sealed_text("print(2)"))
    assert path.read_bytes() == changed


def test_a_sealed_zip_is_one_still_and_loses_the_seal_when_it_is_changed(tmp_path):
    path = tmp_path / "weights.zip"
    write(path, sealed_zip(zip_at(tmp_path / "plain.zip")))
    assert is_sealed(path)
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert file.read("inside") == b"photos"
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("more", "of the user's")
    assert not is_sealed(path)


def test_a_zip_with_a_comment_has_no_room_for_the_seal(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.comment = b"mine"
    with pytest.raises(ValueError, match="no comment yet"):
        sealed_zip((tmp_path / "a.zip").read_bytes())


@pytest.mark.parametrize("content", [b"", b"mine", b"\n"])
def test_anothers_file_stays(tmp_path, content):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(
        PlaceError, match=r"model\.onnx already exists.*choose another name"
    ):
        check_place(path)
    assert path.read_bytes() == content


def test_a_folder_and_a_missing_folder_are_named(tmp_path):
    with pytest.raises(PlaceError, match="is a folder; name a file in it"):
        check_place(tmp_path)
    with pytest.raises(PlaceError, match=r"there is no folder .*none$"):
        check_place(tmp_path / "none" / "model.onnx")


@pytest.mark.skipif(os.name != "posix", reason="links need a permission on Windows")
def test_a_link_to_nothing_stays_a_link(tmp_path):
    path = tmp_path / "model.onnx"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlaceError, match="is not replaced"):
        check_place(path)


def test_a_name_that_the_system_refuses_is_an_error_of_one_line(tmp_path):
    with pytest.raises(PlaceError, match="cannot be written") as caught:
        write(tmp_path / ("x" * 300 + ".onnx"), sealed_text(""))
    assert "\n" not in str(caught.value)


def test_a_write_that_fails_is_an_error_of_one_line(tmp_path, monkeypatch):
    def fail(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tinycnn.files.sealed.write_aside", fail)
    with pytest.raises(PlaceError, match="cannot be written: No space left"):
        write(tmp_path / "a.onnx", b"")
