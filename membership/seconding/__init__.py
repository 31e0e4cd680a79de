"""Decisions that a second person confirms: which, how they wait, and what becomes of them."""
