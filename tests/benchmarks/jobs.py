"""What is measured: one entry per line of the table, and who can take part."""

from dataclasses import dataclass

from contenders import PYTORCH, TENSORFLOW
from workers import HERE, Program, Worker, draw

PHOTO_SIZE, LARGE_ROWS = 400, 3000
STEPS_PER_EPOCH, EPOCHS = 109, 6


@dataclass(frozen=True)
class Job:
    """One measurement; `figures` maps what a repetition answers to its line's title."""

    letter: str
    key: str
    figures: dict[str, str]
    rounds: int
    unit: str = "ms"
    warm_up: int = 1
    prepare: str = ""
    arguments: tuple = ()

    def joined_by(self, contender):
        """Whether this contender can do it at all."""
        if contender.jobs and self.key not in contender.jobs:
            return False
        if self.key == "whole job":
            return contender.is_ours or contender == TENSORFLOW
        if self.prepare == "folder":
            return contender.reads_folders
        return True

    def runner(self, contender, photos, quick):
        """What can be repeated, not yet started on its work."""
        if self.prepare:
            arguments = dict(self.arguments)
            if "steps" in arguments:
                most = 1 if quick else contender.steps or arguments["steps"]
                arguments["steps"] = min(arguments["steps"], most)
            if self.prepare == "folder":
                is_large = self.key == "large photos"
                folder = photos.large() if is_large else photos.folder
                arguments["path"] = str(folder / "train")
            return Worker(contender, self.prepare, arguments)
        return Program(contender, self._command(contender, photos, quick))

    def _command(self, contender, photos, quick):
        if self.key == "import":
            return ["-c", contender.imports]
        if self.key == "whole job":
            model = photos.folder.parent / f"unused{suffix_of(contender)}"
            steps, epochs = (2, 1) if quick else (STEPS_PER_EPOCH, EPOCHS)
            return tutorial_command(contender, photos.folder, model, steps, epochs)
        model = photos.model_of(contender)
        if contender.is_ours:
            return ["-m", "tinycnn.predict", model, photos.one]
        return [whole_predict(contender), model, photos.one]


def step(letter, network, title, batch, steps):
    return Job(
        letter,
        f"{network} step",
        {"step": f"a training step, {title}, batch {batch}"},
        11,
        prepare="training",
        arguments=(("network", network), ("batch", batch), ("steps", steps)),
    )


def answers(key, title, photos, prepare="prediction"):
    arguments = (("network", "tutorial"), ("photos", photos))
    return Job("i", key, {"predict": title}, 11, prepare=prepare, arguments=arguments)


JOBS = [
    step("a", "tutorial", "the tutorial's network", 32, 10),
    step("b", "mnist", "MNIST convnet", 128, 10),
    step("c", "cifar", "CIFAR VGG-6", 32, 10),
    step("d", "deep", "the deep network", 32, 10),
    answers("predict one", "predict() for one photo", 1),
    answers("call one", "one photo by calling Keras's model", 1, "direct_call"),
    answers("predict many", "predict() for 1,000 photos", 1000),
    Job(
        "e",
        "folder",
        {"first": "first pass over a folder", "later": "later passes over the folder"},
        7,
        "photos/s",
        prepare="folder",
    ),
    Job(
        "e",
        "large photos",
        {"first": "first pass over photos of 12 megapixels"},
        5,
        "photos/s",
        prepare="folder",
    ),
    Job("f", "whole job", {"whole": "the tutorial's whole job"}, 3, "s", 0),
    Job("g", "import", {"whole": "import"}, 7, "s"),
    Job("g", "predict cold", {"whole": "predict one photo, cold start"}, 5, "s"),
]


class Photos:
    """Drawings to work on, in a folder with train/ and test/, and models made of them.

    247 to learn from and 62 to judge by, JPEGs of 400x400 and about 40 KB.
    """

    def __init__(self, folder, quick):
        self.quick = quick
        counts = (24, 8) if quick else (247, 62)
        self.folder = folder / "Dataset"
        draw(self.folder, *counts, 64 if quick else PHOTO_SIZE)
        self.one = next((self.folder / "test" / "Pikachu").iterdir())

    def large(self):
        """A folder with 32 JPEGs of 4000x3000, drawn when first asked for."""
        folder = self.folder.parent / "Large"
        if not folder.exists():
            draw(folder, 4 if self.quick else 32, 0, PHOTO_SIZE, LARGE_ROWS)
        return folder

    def model_of(self, contender):
        """The file of a model that this contender can load, made when first asked."""
        path = self.folder.parent / f"model{suffix_of(contender)}"
        if path.exists():
            return path
        if contender.is_ours:
            command = tutorial_command(contender, self.folder, path, 1, 1)
        else:
            command = [whole_predict(contender), path, self.one]
        Program(contender, command).repeat()
        return path


def suffix_of(contender):
    if contender.is_ours:
        return ".safetensors"
    return ".pt" if contender == PYTORCH else ".keras"


def whole_predict(contender):
    library = "torch" if contender == PYTORCH else "keras"
    return HERE / "whole" / f"predict_{library}.py"


def tutorial_command(contender, folder, model, steps, epochs):
    library = "tinycnn" if contender.is_ours else "keras"
    return [HERE / "whole" / "tutorial.py", library, folder, model, steps, epochs]
