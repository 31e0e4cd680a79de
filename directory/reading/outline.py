"""A wiki page taken apart into headings, list items and tables, and put together as rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from directory.countries import country_code
from directory.reading.inline import parse, plain
from directory.reading.items import read_item
from directory.reading.page import (
    MAX_ROWS,
    MAX_TEXT,
    ListPage,
    ListRow,
    NotUnderstood,
    ReadingError,
    Unclear,
    shortened,
    tidy,
)
from directory.reading.tables import Cells
from directory.reading.wikitables import read_wiki_table


@dataclass
class Item:
    """A list item: where it begins, how deep it is, its lines, the headings above it."""

    line: int
    depth: int
    lines: list[str]
    headings: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(line.strip() for line in self.lines if line.strip())


@dataclass
class Table:
    """A table of the page; the first of its rows names the columns."""

    line: int
    headings: tuple[str, ...]
    rows: list[Cells] = field(default_factory=list)

    @property
    def raw(self) -> str:
        return shortened(" | ".join(self.rows[0].values)) if self.rows else ""


@dataclass
class Outline:
    """What the reader of a notation fills line by line."""

    title: str = ""
    url: str = ""
    items: list[Item] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    item: Item | None = None  # the one that further lines belong to
    _headings: list[tuple[int, str]] = field(default_factory=list)

    def heading(self, level: int, text: str) -> None:
        self.item = None
        seen = heading_text(text)
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        if seen:
            self._headings.append((level, seen))
            if level == 1 and not self.title:
                self.title = seen

    def start_item(self, line: int, depth: int, text: str) -> None:
        self.item = Item(line, depth, [text], self.headings)
        self.items.append(self.item)

    def continue_item(self, text: str) -> None:
        if self.item:
            self.item.lines.append(text)

    def end_item(self) -> None:
        self.item = None

    def start_table(self, line: int) -> Table:
        self.item = None
        self.tables.append(Table(line, self.headings))
        return self.tables[-1]

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(text for _level, text in self._headings)

    def page(self, notation: str) -> ListPage:
        """All rows in the order of the page."""
        if len(self.items) + sum(len(table.rows) for table in self.tables) > MAX_ROWS:
            raise ReadingError(
                _("The page has more than %(count)d entries. Split it and read the parts.")
                % {"count": MAX_ROWS}
            )
        rows: list[ListRow] = []
        unclear_entries: list[NotUnderstood] = []
        ignored: list[str] = []
        for entry in _read_items(self.items):
            if isinstance(entry, ListRow):
                rows.append(entry)
            else:
                unclear_entries.append(entry)
        for table in self.tables:
            try:
                read = read_wiki_table(table.rows, table.headings)
            except Unclear as unclear:
                unclear_entries.append(NotUnderstood(table.line, table.raw, str(unclear)))
                continue
            rows += read.rows
            unclear_entries += read.not_understood
            ignored += read.ignored_columns
        return ListPage(
            notation=notation,
            rows=tuple(sorted(rows, key=lambda row: row.line)),
            not_understood=tuple(sorted(unclear_entries, key=lambda entry: entry.line)),
            title=self.title,
            url=self.url,
            ignored_columns=tuple(dict.fromkeys(ignored)),
        )


def heading_text(text: str) -> str:
    """What a heading says; one that is broken is taken as it is written."""
    text = text.strip()[:MAX_TEXT]
    try:
        return shortened(tidy(plain(parse(text))), 200)
    except Unclear:
        return shortened(tidy(text), 200)


def visible(text: str) -> str:
    """The text without comments and footnotes; its line ends stay, so that lines keep their number.

    What is opened and never closed stays too, so that nothing is lost behind it.
    """
    return _without_footnotes(_without(text, "<!--", "-->"))


def _without(text: str, opening: str, closing: str) -> str:
    pieces, at = [], 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        end += len(closing)
        pieces += [text[at:start], "\n" * text.count("\n", start, end)]
        at = end
    return "".join([*pieces, text[at:]])


def _without_footnotes(text: str) -> str:
    """Without ``<ref>…</ref>`` and ``<ref name="…" />``, but with ``<references />``."""
    pieces, at = [], 0
    for opening in re.finditer(r"<ref(?:\s[^<>]*)?>", text):
        if opening.start() < at:
            continue
        end = opening.end()
        if not opening[0].endswith("/>"):
            close = text.find("</ref>", end)
            if close < 0:
                break
            end = close + len("</ref>")
        pieces += [text[at : opening.start()], "\n" * text.count("\n", opening.start(), end)]
        at = end
    return "".join([*pieces, text[at:]])


def _read_items(items: list[Item]) -> Iterator[ListRow | NotUnderstood]:
    """Each item as a row or with the reason why not.

    An item that is only a country and has items nested in it is a heading for these.
    """
    above: list[tuple[int, str, str]] = []  # depth, name, country
    for at, item in enumerate(items):
        while above and above[-1][0] >= item.depth:
            above.pop()
        within = above[-1][1] if above else ""
        country = above[-1][2] if above else _country_heading(item.headings)
        nests = any(following.depth > item.depth for following in items[at + 1 : at + 2])
        own_country = country_code(heading_text(item.text)) if nests else None
        if own_country:
            above.append((item.depth, within, own_country))
            continue
        try:
            row = read_item(item.line, item.text, item.headings, country)
        except Unclear as unclear:
            above.append((item.depth, heading_text(item.text), country))
            yield NotUnderstood(item.line, shortened(item.text), str(unclear))
        else:
            above.append((item.depth, row.name, country))
            yield replace(row, within=within)


def _country_heading(headings: tuple[str, ...]) -> str:
    """The country that the nearest heading names. Of two letters it is no country: IT, No."""
    codes = (country_code(text) for text in reversed(headings) if len(text) > 2)
    return next((code for code in codes if code), "")
