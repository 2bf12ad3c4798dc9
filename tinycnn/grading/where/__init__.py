"""Where a mistake is: the line that makes a wrong array, the two sides of a product."""
