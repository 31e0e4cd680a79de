"""How one joins, changes and leaves: requests of organisations, applications of persons, members."""
