"""The page that `train` ends with: how good the model is, where it errs, and why."""
