"""The directory to take away: each module writes one format, from plain rows or an entry.

What is read and what a shielded organisation withdraws is settled in `rows` and in
`directory.entries`; a format only says how it is written.
"""
