"""Proceedings about an organisation that is affiliated: resting, returning, changing, leaving."""
