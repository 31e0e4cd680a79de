"""The demonstration: three real federations, one invented, and pages that show logins and letters.

`manage.py demo` builds the data through the same doors as everything else; the pages are
served with DEMO alone. What is said about federations stands in `data/`, apart from the code.
"""
