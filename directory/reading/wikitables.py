"""Tables inside a wiki page: their cells have links and flags in them."""

from django.utils.translation import gettext as _

from directory.reading.inline import Kind, Part, parse, plain
from directory.reading.items import understood
from directory.reading.page import MAX_TEXT, NotUnderstood, Unclear
from directory.reading.tables import Cells, TableRead, fields_of, read_fields, recognised


def read_wiki_table(lines: list[Cells], headings: tuple[str, ...]) -> TableRead:
    """The rows of a table whose first line names the columns."""
    header = tuple(_seen(value) for value in lines[0].values) if lines else ()
    columns, ignored = recognised(header)
    read = TableRead(ignored_columns=ignored)
    for cells in lines[1:]:
        if cells.is_blank:
            continue
        try:
            written = fields_of(columns, cells, len(header))
            fields = _fields(written)
            read.rows.append(read_fields(fields, cells, headings))
        except Unclear as unclear:
            read.not_understood.append(NotUnderstood(cells.line, cells.raw, str(unclear)))
    return read


def _seen(value: str) -> str:
    return plain(parse(value[:MAX_TEXT]))


def _fields(written: dict[str, str]) -> dict[str, str]:
    """What a reader sees in each cell, and what the link of the name leads to."""
    fields = {}
    for meaning, value in written.items():
        parts = parse(value)
        if any("|" in part.text for part in parts):
            raise Unclear(_("A cell has a bar in it; merged cells are not read."))
        if meaning == "country":
            fields[meaning] = _country(parts)
        elif meaning == "website":
            fields[meaning] = next((part.url for part in parts if part.url), plain(parts))
        elif meaning != "name":
            fields[meaning] = plain(parts)
    found = understood(parse(written["name"]))
    more = {
        "name": found.name,
        "wiki_target": found.target,
        "website": found.url,
        "acronym": found.acronym,
        "country": ", ".join(found.countries),
    }
    return {**fields, **{key: value for key, value in more.items() if not fields.get(key)}}


def _country(parts: list[Part]) -> str:
    """The words, or the flag where it stands alone."""
    return plain([part for part in parts if part.kind is not Kind.COUNTRY]) or plain(parts)
