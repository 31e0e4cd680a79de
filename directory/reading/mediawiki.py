"""Lists and simple tables in MediaWiki's notation."""

import re
from dataclasses import replace

from directory.reading.outline import Outline, Table, visible
from directory.reading.page import MAX_COLUMNS, MAX_TEXT, ListPage
from directory.reading.tables import Cells

_HEADING = re.compile(r"={1,6}")
_BOLD_LINE = re.compile(r"^'''([^']+)''':?\s*$")
_ITEM = re.compile(r"^\s*([*#:;]*[*#])\s*(.*)$")
_ITEM_CONTINUED = re.compile(r"^[*#]+:+(?![*#:;])\s*(.*)$")
_OPENING = re.compile(r"\[\[|\{\{")
_CLOSING = re.compile(r"\]\]|\}\}")
_CELL_END = re.compile(r"\|\|")
_ATTRIBUTE = r"[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[\w#%.-]+)"
_ATTRIBUTES = re.compile(rf"^\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE})*\s*\|(?!\|)")
_MERGED = re.compile(r"\b(?:row|col)span\s*=\s*[\"']?0*(?:[2-9]|1\d)", re.IGNORECASE)

# Deeper than any real heading, so that the next one of any level ends it.
_BOLD_LEVEL = 7


def read_mediawiki(text: str) -> ListPage:
    """The lists of a page, one item to a line unless its link goes on over the next."""
    outline = Outline()
    reader = _Reader(outline)
    for number, line in enumerate(visible(text).split("\n"), 1):
        reader.read(number, line)
    return outline.page("mediawiki")


class _Reader:
    """Goes through the lines and remembers the table and the open item they may belong to."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.table: _TableReader | None = None

    def read(self, number: int, line: str) -> None:
        heading = _heading(line.strip())
        if heading:
            self.table = None
            self.outline.heading(*heading)
        elif self.table is not None:
            if not self.table.read(number, line):
                self.table = None
        elif line.lstrip().startswith("{|"):
            self.table = _TableReader(self.outline.start_table(number))
        else:
            self._read_line(number, line)

    def _read_line(self, number: int, line: str) -> None:
        continued = _ITEM_CONTINUED.match(line)
        if continued:
            self.outline.continue_item(continued[1])
        elif found := _ITEM.match(line):
            self.outline.start_item(number, len(found[1]), _without_stray_end(found[2]))
        elif self.outline.item and self._goes_on(line):
            self.outline.continue_item(line)
        else:
            self.outline.end_item()
            bold = _BOLD_LINE.match(line)
            if bold:
                self.outline.heading(_BOLD_LEVEL, bold[1])
            elif line.startswith(";") and ":" not in line:
                self.outline.heading(_BOLD_LEVEL, line[1:])

    def _goes_on(self, line: str) -> bool:
        """Whether the item's link is still open, or the line is plainly its end."""
        if not line.strip() or self.outline.item is None:
            return False
        last = self.outline.item.lines
        return line.startswith((" ", "\t", "(")) or _is_open(" ".join(last[-9:]))


def _heading(line: str) -> tuple[int, str] | None:
    """Level and text of ``== text ==``."""
    opening, closing = _HEADING.match(line), _HEADING.match(line[::-1])
    level = min(opening.end(), closing.end()) if opening and closing else 0
    text = line[level:-level].strip() if level and len(line) > 2 * level else ""
    return (level, text) if text else None


def _is_open(text: str) -> bool:
    return len(_OPENING.findall(text)) > len(_CLOSING.findall(text))


def _without_stray_end(text: str) -> str:
    """The last item of a list inside a template carries the template's closing braces."""
    bare = text.rstrip()
    return bare.removesuffix("}}") if bare.endswith("}}") and "{{" not in bare else text


class _TableReader:
    """Collects the cells of one table, row by row."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.in_caption = False
        self.is_new_row = True

    def read(self, number: int, line: str) -> bool:
        """Take in a line; False after the last."""
        text = line.strip()
        if text.startswith("|}"):
            return False
        if text.startswith(("|-", "|+")):
            self.is_new_row = self.is_new_row or text.startswith("|-")
            self.in_caption = text.startswith("|+")
        elif text.startswith(("|", "!")):
            self.in_caption = False
            self._add(number, text)
        elif text and self.table.rows and not (self.is_new_row or self.in_caption):
            *before, last = self.table.rows[-1].values
            if len(last) <= MAX_TEXT:  # beyond that the cell is not read anyway
                longer = (*before, f"{last} {text}")
                self.table.rows[-1] = replace(self.table.rows[-1], values=longer)
        return True

    def _add(self, number: int, text: str) -> None:
        inner = text[1:].replace("!!", "||") if text.startswith("!") else text[1:]
        values = tuple(_value(cell) for cell in _CELL_END.split(inner))
        if self.is_new_row or not self.table.rows:
            self.table.rows.append(Cells(number, values))
        elif len(self.table.rows[-1].values) <= MAX_COLUMNS:  # beyond that the row is not read
            row = self.table.rows[-1]
            self.table.rows[-1] = replace(row, values=(*row.values, *values))
        self.is_new_row = False


def _value(cell: str) -> str:
    """The cell's text. A merged cell keeps its attributes, so that its row is not understood."""
    attributes = _ATTRIBUTES.match(cell)
    if attributes and not _MERGED.search(attributes[0]):
        return cell[attributes.end() :].strip()
    return cell.strip()
