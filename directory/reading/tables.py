"""Rows of a table, whatever it was written in: which column means what, and each row's facts."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from directory.countries import country_codes, implied_country
from directory.folding import fold
from directory.reading.inline import country_in_title
from directory.reading.page import (
    MAX_COLUMNS,
    MAX_TEXT,
    Basis,
    ListRow,
    NotUnderstood,
    Unclear,
    checked_name,
    checked_text,
    checked_url,
    shortened,
)
from federation.texts import is_language

_COLUMNS = {
    "name": "name, nombre, organisation, organization, organización, union, sindicato",
    "status": "status, estado, estatus, condición",
    "country": "country, countries, país, países, country name, nombre del país",
    "country_code": "country iso2, country code, iso2, iso, iso 3166, código país, código de país",
    "country_basis": "country basis",
    "acronym": "acronym, abbreviation, initials, acrónimo, siglas, sigla",
    "city": "city, town, ciudad, localidad",
    "website": "website, web site, web, url, homepage, sitio web, página web, sitio, página",
    "languages": "language, languages, idioma, idiomas, lengua, lenguas",
    "founded": "founded, founded in, fundada, fundado, fundación, año de fundación",
    "since": "since, from, member since, desde, miembro desde",
    "until": "until, to, hasta",
    "wiki_target": "wiki target, wiki page, target, página wiki",
    "slug": "slug, address, dirección",
}
_NOTHING = frozenset({"-", "–", "—"})
_NAME_IN = re.compile(r"(?:name|nombre)[\s:_(]+([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)\)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)


@dataclass(frozen=True)
class Cells:
    """A row of a table as written. `formulas` are the columns that compute their value."""

    line: int
    values: tuple[str, ...]
    formulas: tuple[int, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not any(value.strip() for value in self.values)

    @property
    def raw(self) -> str:
        return shortened(" | ".join(self.values))


@dataclass
class TableRead:
    rows: list[ListRow] = field(default_factory=list)
    not_understood: list[NotUnderstood] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()


def read_table(header: Cells, lines: Iterable[Cells]) -> TableRead:
    """The rows of a table with these columns."""
    columns, ignored = recognised(header.values)
    read = TableRead(ignored_columns=ignored)
    for cells in lines:
        if cells.is_blank:
            continue
        try:
            fields = fields_of(columns, cells, len(header.values))
            read.rows.append(read_fields(fields, cells))
        except Unclear as unclear:
            read.not_understood.append(NotUnderstood(cells.line, cells.raw, str(unclear)))
    return read


def recognised(header: tuple[str, ...]) -> tuple[list[str], tuple[str, ...]]:
    """What each column means, nothing for one that is not known, and the names of those."""
    if len(header) > MAX_COLUMNS:
        raise Unclear(_("There are more than %(count)d columns.") % {"count": MAX_COLUMNS})
    columns = [_meaning(title[:MAX_TEXT]) for title in header]
    for meaning in columns:
        if meaning and columns.count(meaning) > 1:
            raise Unclear(_("Two columns mean the same: %(name)s.") % {"name": meaning})
    if "name" not in columns:
        raise Unclear(_("There is no name column. Name the columns in the first row."))
    pairs = zip(columns, header, strict=True)
    unknown = (shortened(title, 80) for meaning, title in pairs if not meaning)
    return columns, tuple(title for title in unknown if title)


def fields_of(columns: list[str], cells: Cells, width: int) -> dict[str, str]:
    """The row's values by meaning, without the guard that our own exports set."""
    values = list(cells.values)
    while len(values) > width and not values[-1].strip():
        values.pop()
    if len(values) != width:
        raise Unclear(
            _("The row has %(found)d cells, the first row has %(expected)d.")
            % {"found": len(values), "expected": width}
        )
    if any(columns[at] for at in cells.formulas):
        raise Unclear(_("A cell has a formula. Put its value there instead."))
    known = {meaning: value for meaning, value in zip(columns, values, strict=True) if meaning}
    if any(len(value) > MAX_TEXT for value in known.values()):
        raise Unclear(_("A cell is longer than %(count)d characters.") % {"count": MAX_TEXT})
    return {
        meaning: "" if value.strip() in _NOTHING else checked_text(unguarded(value))
        for meaning, value in known.items()
    }


def read_fields(fields: dict[str, str], cells: Cells, headings: tuple[str, ...] = ()) -> ListRow:
    """The organisation that a row of a table is about."""
    name = checked_name(fields.get("name", ""))
    countries, basis = _countries(name, fields)
    translated = {key.partition(":")[2]: value for key, value in fields.items() if ":" in key}
    return ListRow(
        line=cells.line,
        name=name,
        raw=cells.raw,
        names=tuple((tag, checked_name(value)) for tag, value in translated.items() if value),
        acronym=fields.get("acronym", ""),
        countries=countries,
        country_basis=basis,
        headings=headings,
        status=fields.get("status", ""),
        url=checked_url(fields.get("website", "")),
        target=fields.get("wiki_target", ""),
        city=fields.get("city", ""),
        languages=_languages(fields.get("languages", "")),
        founded=fields.get("founded", ""),
        since=fields.get("since", ""),
        until=fields.get("until", ""),
        slug=fields.get("slug", ""),
    )


def unguarded(value: str) -> str:
    """The cell without the apostrophe that keeps a text such as =SUM from being a formula."""
    if not value.startswith("'"):
        return value
    wide = unicodedata.normalize("NFKC", value[1:200])
    seen = (sign for sign in wide if unicodedata.category(sign)[0] not in "CZ")
    guarded = next(seen, "") in {"=", "+", "-", "@"} or value[1:2] in {"\t", "\r", "\n"}
    return value[1:] if guarded else value


def _meaning(title: str) -> str:
    translated = _NAME_IN.fullmatch(title.strip().lower())
    if translated and is_language(translated[1].replace("_", "-")):
        return f"name:{translated[1].replace('_', '-')}"
    return _MEANINGS.get(_plain_title(title), "")


def _plain_title(title: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", fold(title)))


def _countries(name: str, fields: dict[str, str]) -> tuple[tuple[str, ...], Basis]:
    """Stated by a column, or by the bracket in the wiki page's title; else implied by the name."""
    by_column = {
        column: country_codes(fields[column])
        for column in ("country_code", "country")
        if fields.get(column)
    }
    for column, codes in by_column.items():
        if not codes:
            raise Unclear(_("“%(text)s” is no country.") % {"text": shortened(fields[column], 80)})
    if len(set(map(frozenset, by_column.values()))) > 1:
        raise Unclear(_("The columns name different countries."))
    in_title = country_in_title(fields.get("wiki_target", ""))
    stated = next(iter(by_column.values()), ()) or in_title
    if stated:
        return stated, "implied" if fields.get(
            "country_basis", ""
        ).lower() == "implied" else "stated"
    implied = implied_country(name)
    return ((implied,), "implied") if implied else ((), "none")


def _languages(text: str) -> tuple[str, ...]:
    tags = [tag for tag in re.split(r"[\s,;/|]+", text) if tag]
    for tag in tags:
        if not (_LANGUAGE.fullmatch(tag) and is_language(tag)):
            raise Unclear(_("“%(tag)s” is no language code.") % {"tag": shortened(tag, 40)})
    return tuple(dict.fromkeys(tags))


_MEANINGS = {
    _plain_title(title): meaning
    for meaning, titles in _COLUMNS.items()
    for title in titles.split(", ")
}
