"""A federation's own procedures: how they are written, published, and said in plain words."""
