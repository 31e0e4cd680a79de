"""The public face of the directory in the API, field by field: what the schema says of it.

No field is ever left out: what is not known is null. Organisations and bonds are made by
`directory.answers` from plain rows; a test holds these descriptions against what it makes.
"""
