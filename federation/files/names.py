"""Names of files: shown to people, never used as a path."""

import re
import unicodedata

from django.utils.translation import gettext as _

LONGEST = 120
# Without these, words of Persian and of several scripts of India are misspelt.
_JOINERS = "\u200c\u200d"


def shown_name(name: str, suffix: str) -> str:
    """The name with the proper suffix: no path, no signs that nobody sees, not too long."""
    stem = _visible(name)
    stem = stem.rpartition(".")[0] if suffix_of(name) else stem
    stem = stem[: LONGEST - len(suffix)].strip(". ")
    return f"{stem or _('document')}{suffix}"


def suffix_of(name: str) -> str:
    """What stands after the last dot, small: `.pdf`; empty if there is nothing."""
    stem, dot, suffix = _visible(name).rpartition(".")
    return f".{suffix.lower()}" if dot and stem and suffix else ""


def _visible(name: str) -> str:
    """The last part of a path, without controls and marks that turn the direction."""
    last = re.split(r"[/\\]", name[-1000:])[-1]
    # Cut first and again after: composing may lengthen a name.
    composed = unicodedata.normalize("NFC", last)
    seen = [sign for sign in composed if sign in _JOINERS or unicodedata.category(sign)[0] != "C"]
    return " ".join("".join(seen).split())
