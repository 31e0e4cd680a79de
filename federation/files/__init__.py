"""Documents that strangers hand in: proven by content, rewritten, sealed (controls C32 to C34).

Nothing of what was sent is kept as it came. `cleaning` proves the type and has the file
written anew by `images`, `pdfs` or `packages`; `keeping` seals the result in its row.
"""
