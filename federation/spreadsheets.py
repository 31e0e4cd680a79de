"""Texts that go into the cells of a spreadsheet and must stay texts there.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and runs it, with
blanks and signs nobody sees before it, and in full width too. Such a text gets an apostrophe in
front, by which people tell a spreadsheet “this is text”. Whoever reads the file by program takes
one apostrophe away where a sign of a formula follows it. Numbers are no texts: -33.4 stays.
"""

import re
import unicodedata

GUARD = "'"
_SIGNS = frozenset("=+-@−")
# Where the reader's language writes lists with a semicolon, a cell may end there; in some
# programs also at a tab or at the end of a line.
_BEGINNINGS = re.compile(r"(?<=[;\t\r\n])(?=[^;\t\r\n])")
_HARMLESS = re.compile(r"\w[^;\t\r\n]*\Z")


def cell(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet would begin a formula."""
    if not text or _HARMLESS.match(text):
        return text
    return "".join(map(_guarded, _BEGINNINGS.split(text)))


def _guarded(part: str) -> str:
    if part[0] in "\t\r":
        return GUARD + part
    for character in part:
        # An apostrophe of the text's own is doubled where it would be taken for ours.
        if character == GUARD or unicodedata.category(character)[0] in "CZ":
            continue
        # In full width too: ＝ is read as =.
        is_sign = unicodedata.normalize("NFKC", character)[0] in _SIGNS
        return GUARD + part if is_sign else part
    return part
