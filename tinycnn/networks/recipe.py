"""What `train` does with each network where no option says otherwise."""

from dataclasses import dataclass

from tinycnn.preprocessing.augmentation import Ranges


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes
    ----------
    learning_rate : float
        Of Adam, in the first step.
    image_size : int
        Rows and columns of photos; idx images keep their own.
    batch_size : int
    epochs : (int, int)
        Fewest and most passes over the training photos.
    photos : int
        Training sees about this many photos in all, within those limits.
    augmentation : Ranges
        Of photos. Images in idx files are left alone: a mirrored digit is not one.
    validation_share : float, default 0
        The share of the training photos that is set aside for validation after each
        epoch. With 0, the test part is evaluated there.
    """

    learning_rate: float
    image_size: int
    batch_size: int
    epochs: tuple[int, int]
    photos: int
    augmentation: Ranges
    validation_share: float = 0.0

    def epochs_for(self, samples: int) -> int:
        """Return the number of epochs for this number of training photos."""
        fewest, most = self.epochs
        return min(max(round(self.photos / samples), fewest), most)


TUTORIAL = Recipe(
    learning_rate=0.001,
    image_size=64,
    batch_size=32,
    epochs=(24, 24),
    photos=0,
    # The tutorial's ImageDataGenerator; its shear of 0.2 degrees is invisible.
    augmentation=Ranges(shear=0.2, zoom=(0.8, 1.2), horizontal_flip=True),
)
DEEP = Recipe(
    learning_rate=0.002,
    image_size=64,
    batch_size=32,
    epochs=(12, 60),
    photos=80_000,
    augmentation=Ranges(
        rotation=10,
        width_shift=0.1,
        height_shift=0.1,
        zoom=(0.8, 1.2),
        horizontal_flip=True,
    ),
    validation_share=0.1,
)
RECIPES = {"tutorial": TUTORIAL, "deep": DEEP}
