"""Mistakes made on purpose, by combining simple changes.

A usual mistake has a name and a sentence of its own. The rest is found by composition:
another order of the axes, another window, another factor in a product, another start.
What is said of such a match is what has been compared: "dx equals dy * x * (1 - y)".
"""
