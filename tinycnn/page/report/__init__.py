"""The page that `train` ends with: how good the model is, its mistakes, and why."""
