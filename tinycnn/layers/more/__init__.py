"""Layers beside the tutorial's road: more activations, borders, global pooling."""
