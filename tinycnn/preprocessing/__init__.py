"""Photos to arrays: class folders, decoding, augmentation, batches."""
