"""The tutorial's listing, with `keras` replaced by `tinycnn` in its import lines."""

import re
import runpy
from pathlib import Path

import pytest

from tinycnn.datasets.drawings import write_dataset
from tinycnn.models import Sequential

HERE = Path(__file__).parent
LISTING = (HERE / "helpers" / "tutorial_listing.py").read_text(encoding="utf-8")
IN_TINYCNN = re.sub(r"^from keras", "from tinycnn", LISTING, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The listing's global names after a run on folders of drawings."""
    folder = tmp_path_factory.mktemp("tutorial")
    write_dataset(folder / "Dataset", train_count=60, test_count=20)
    script = folder / "tutorial.py"
    script.write_text(IN_TINYCNN, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield runpy.run_path(str(script))


def test_only_the_word_keras_in_imports_was_replaced():
    before, after = LISTING.splitlines(), IN_TINYCNN.splitlines()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 4
    for old, new in changed:
        assert old.startswith("from keras.")
        assert new == old.replace("keras", "tinycnn", 1)


def test_the_listing_tells_the_heroes_apart(ran):
    right = [Path(file).parent.name == hero for file, hero in ran["answers"].items()]
    assert len(right) == 20
    assert sum(right) >= 17


def test_the_listing_has_the_tutorials_network(ran):
    assert ran["classifier"].count_params() == 3_937_409


def test_the_listings_answers_agree_with_classify(ran):
    for file, answer in ran["answers"].items():
        path = Path(ran["__file__"]).parent / file
        assert ran["classifier"].classify(path)[0] == answer


def test_the_tutorials_own_fit_arguments_run_and_are_explained(ran, capsys):
    fresh = Sequential(seed=1)
    for layer in ran["classifier"].layers:
        fresh.add(type(layer)(**layer.config()))
    fresh.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    history = fresh.fit_generator(
        ran["training_set"],
        steps_per_epoch=3,
        epochs=2,
        validation_data=ran["test_set"],
        validation_steps=36,
        verbose=2,
    )
    output = capsys.readouterr().out
    assert "3 steps of up to 32 photos = 1.5 passes over 60 photos" in output
    assert history.epoch == [0, 1]
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


def test_the_readme_shows_the_listing_that_runs():
    readme = (HERE.parent / "README.md").read_text(encoding="utf-8")
    code = "\n".join(IN_TINYCNN.splitlines()[2:]).strip()
    assert code in readme
