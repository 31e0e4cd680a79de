"""What reading a list yields, and the rules that each of its names and addresses meets."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

MAX_NAME = 200
MAX_ROWS = 100_000
MAX_COLUMNS = 100
MAX_TEXT = 2_000
MAX_RAW = 500

Basis = Literal["stated", "implied", "none"]

# Marks of direction and zero-width spaces come along with pasted text and change no name.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff"))
# Those that turn the text around them, or have no place in a text at all, are refused.
_REFUSED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


class ReadingError(Exception):
    """The list is refused as a whole; the message says what is wrong, where, and what to do."""


class Unclear(Exception):
    """One entry cannot be read; the message is its reason."""


@dataclass(frozen=True)
class ListRow:
    """An organisation as the list has it. Dates stay as they are written."""

    line: int
    name: str
    raw: str
    names: tuple[tuple[str, str], ...] = ()  # (language, name)
    acronym: str = ""
    countries: tuple[str, ...] = ()
    country_basis: Basis = "none"
    headings: tuple[str, ...] = ()  # from the page's down to the one right above
    within: str = ""  # the item this one is nested in
    status: str = ""  # of a table's status column
    url: str = ""
    target: str = ""  # of a link inside the wiki
    city: str = ""
    languages: tuple[str, ...] = ()
    founded: str = ""
    since: str = ""
    until: str = ""
    slug: str = ""

    @property
    def heading(self) -> str:
        return self.headings[-1] if self.headings else ""


@dataclass(frozen=True)
class NotUnderstood:
    """An entry of the list that is not read, and why."""

    line: int
    raw: str
    reason: str


@dataclass(frozen=True)
class ListPage:
    """All that a page says about organisations. Lines count from 1."""

    notation: str
    rows: tuple[ListRow, ...]
    not_understood: tuple[NotUnderstood, ...]
    title: str = ""
    url: str = ""  # as the page itself gives it; may be a path alone
    ignored_columns: tuple[str, ...] = ()
    ignored_sheets: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """The text in NFC on one line, without what is not seen."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def checked_text(text: str) -> str:
    """A tidy text in which nothing is hidden."""
    if _REFUSED.search(text):
        raise Unclear(_("There are control characters in it."))
    return tidy(text)


def checked_name(text: str) -> str:
    """A name that may stand in the directory."""
    name = checked_text(text)
    if not any(map(str.isalnum, name)):
        raise Unclear(_("There is no name."))
    if len(name) > MAX_NAME:
        raise Unclear(_("The name is longer than %(count)d characters.") % {"count": MAX_NAME})
    return name


def checked_url(text: str) -> str:
    """An address on the web, or nothing."""
    url = text.strip()
    if url and not re.fullmatch(r"https?://[^\s<>\"]+", url, re.IGNORECASE):
        raise Unclear(_("“%(text)s” is no web address (https://…).") % {"text": shortened(url, 80)})
    return url


def shortened(text: str, length: int = MAX_RAW) -> str:
    """For showing: a text that may be anything, on one line and of bounded length."""
    text = " ".join(_REFUSED.sub("\ufffd", text).split())
    return text if len(text) <= length else text[: length - 1] + "…"
