"""Networks that are ready to be trained, and how `train` trains them."""

from tinycnn.networks.deep import deep_network
from tinycnn.networks.recipe import RECIPES, TUTORIAL, Recipe
from tinycnn.networks.tutorial import tutorial_network

__all__ = ["RECIPES", "TUTORIAL", "Recipe", "deep_network", "tutorial_network"]
