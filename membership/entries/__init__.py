"""Care for the entries of the directory: who speaks for one, confirms it, reports an error."""
