"""Requests for affiliation: from the first draft to the decision, and how one follows them."""
