"""Photos to arrays: class folders, decoding, augmentation, batches."""

from tinycnn.preprocessing.image_dataset import image_dataset_from_directory

__all__ = ["image_dataset_from_directory"]
