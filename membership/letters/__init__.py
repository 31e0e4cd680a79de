"""The letters of a procedure: which there are, and the one door by which they go out."""
