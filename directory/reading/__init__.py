"""Reads a list of organisations that somebody else wrote, and says what it could not read.

    files ─► markdown, mediawiki ─► outline ─► items ─► inline     a page pasted from a wiki
      └────► spreadsheets ────────► tables                         CSV and XLSX

Nothing here knows the database. Every entry of a list comes out as a `ListRow` or as a
`NotUnderstood` with its line; `ReadingError` is for what cannot be read as a whole.
"""

from pathlib import Path

from django.utils.translation import gettext as _

from directory.reading.files import Notation, decode, load, notation
from directory.reading.markdown import read_markdown
from directory.reading.mediawiki import read_mediawiki
from directory.reading.page import ListPage, ListRow, NotUnderstood, ReadingError
from directory.reading.spreadsheets import read_csv, read_xlsx

__all__ = ["ListPage", "ListRow", "NotUnderstood", "ReadingError", "read_list"]


def read_list(source: bytes | str | Path, filename: str = "") -> ListPage:
    """The list in a file, in its bytes, or in a pasted text.

    The file name tells the notation where the content leaves it open; a path has its own.
    """
    data = load(source)
    filename = filename or (source.name if isinstance(source, Path) else "")
    found = notation(data, filename)
    if found is Notation.XLSX:
        page = read_xlsx(data)
    elif found is Notation.CSV:
        page = read_csv(decode(data))
    elif found is Notation.MEDIAWIKI:
        page = read_mediawiki(decode(data))
    else:
        page = read_markdown(decode(data))
    if not page.rows and not page.not_understood:
        raise ReadingError(
            _("No list was found. Give list items (- name), or a table with a name column.")
        )
    return page
