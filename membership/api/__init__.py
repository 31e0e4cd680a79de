"""The API for writing: requests of organisations, by their applicants and by those who decide.

The same doors, forms and querysets as the pages. Applicants act with a key that they get for
their draft or for a code that was mailed; coordinators with a token of theirs.
"""
