"""The pages: asking for affiliation, joining, following what was filed, and the desk."""
