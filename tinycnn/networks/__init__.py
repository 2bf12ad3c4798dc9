"""Networks that are ready to be trained."""

from tinycnn.networks.tutorial import tutorial_network

__all__ = ["tutorial_network"]
