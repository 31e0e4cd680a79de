"""How one joins, changes and leaves: requests, applications, members."""
