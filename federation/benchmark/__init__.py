"""How fast the public directory answers, in ratios within one run on one machine."""
