"""Lists in Markdown, as people write it and as wikis export it.

Not a Markdown renderer: what matters are headings, list items with the number of their line,
and links whose targets have blanks and round brackets in them.
"""

import re

from directory.reading.outline import Outline, Table, visible
from directory.reading.page import MAX_TEXT, ListPage, shortened, tidy
from directory.reading.tables import Cells

_FRONT_MATTER = re.compile(r"(\w+)\s*:\s*(.*)")
_QUOTE = re.compile(r"^(?:\s{0,3}> ?)+")
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s+|$)(.*)$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_BOLD_LINE = re.compile(r"^\s*(\*\*|__)([^*_]+)\1:?\s*$")
_RULE = re.compile(r"^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_ITEM = re.compile(r"^(\s*)([-*+•◦‣▪●–—]|\d{1,9}[.)])(?:\s+(.*)|$)")
_CELL_END = re.compile(r"(?<!\\)\|")
_LINK_WITH_BAR = re.compile(r"\[\[[^\[\]]*\]\]|\{\{[^{}]*\}\}")

# Deeper than any real heading, so that the next one of any level ends it.
_BOLD_LEVEL = 7
_BAR = "\x1f"


def read_markdown(text: str) -> ListPage:
    """The lists of a page, each item on one line or wrapped over several."""
    outline = Outline()
    lines = visible(text).split("\n")
    start = _read_front_matter(lines, outline)
    reader = _Reader(outline)
    for number, line in enumerate(lines[start:], start + 1):
        following = lines[number] if number < len(lines) else ""
        reader.read(number, _QUOTE.sub("", line), _QUOTE.sub("", following))
    return outline.page("markdown")


def _read_front_matter(lines: list[str], outline: Outline) -> int:
    """Title and address from between the two ``---`` at the top; gives the line to go on from."""
    if lines[0].rstrip() != "---":
        return 0
    ends = (number for number, line in enumerate(lines[1:50], 1) if line.rstrip() == "---")
    end = next(ends, 0)
    for line in lines[1:end]:
        found = _FRONT_MATTER.fullmatch(line.strip())
        value = _unquoted(found[2]) if found else ""
        if found and found[1].lower() == "title":
            outline.title = value
        elif found and found[1].lower() in {"permalink", "url"}:
            outline.url = value
    return end + 1 if end else 0


def _unquoted(value: str) -> str:
    value = shortened(tidy(value[:MAX_TEXT]))
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


class _Reader:
    """Goes through the lines and remembers what they may still belong to."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.table: Table | None = None
        self.indents: list[int] = []  # of the items that a further one may be nested in
        self.after_blank = True

    def read(self, number: int, line: str, following: str) -> None:
        blank = not line.strip()
        if self.table is not None:
            self._read_row(number, line)
        elif blank:
            pass
        elif found := _HEADING.match(line):
            self._heading(len(found[1]), re.sub(r"(?:^|(?<=\s))#+$", "", found[2].rstrip()))
        elif "|" in line and _is_table_rule(following):
            self.table = self.outline.start_table(number)
            self.table.rows.append(_cells(number, line))
        elif _RULE.match(line) or _FENCE.match(line):
            self.outline.end_item()
        elif found := _ITEM.match(line):
            self._start_item(number, found)
        else:
            self._read_words(line, following)
        self.after_blank = blank

    def _heading(self, level: int, text: str) -> None:
        self.indents = []
        self.outline.heading(level, text)

    def _start_item(self, number: int, found: re.Match[str]) -> None:
        indent = len(found[1].expandtabs(4))
        while self.indents and indent < self.indents[-1] + 2:
            self.indents.pop()
        self.indents.append(indent)
        self.outline.start_item(number, len(self.indents), found[3] or "")

    def _read_words(self, line: str, following: str) -> None:
        """A further line of an item, a heading that is underlined or bold, or prose."""
        indented = line.startswith((" ", "\t"))
        bold = None if indented else _BOLD_LINE.match(line)
        if self.outline.item and not bold and (indented or not self.after_blank):
            self.outline.continue_item(line)
            return
        self.outline.end_item()
        underline = _UNDERLINE.match(following)
        if underline and self.after_blank:
            self._heading(1 if underline[1].startswith("=") else 2, line)
        elif bold:
            self._heading(_BOLD_LEVEL, bold[2])

    def _read_row(self, number: int, line: str) -> None:
        if self.table is not None and "|" in line:
            if not (len(self.table.rows) == 1 and _is_table_rule(line)):
                self.table.rows.append(_cells(number, line))
        else:
            self.table = None


def _cells(number: int, line: str) -> Cells:
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    # The bar inside a link ends no cell; it waits as a sign that no text has.
    inner = _LINK_WITH_BAR.sub(lambda link: link[0].replace("|", _BAR), inner)
    cells = (cell.replace(_BAR, "|").strip() for cell in _CELL_END.split(inner))
    return Cells(number, tuple(cells))


def _is_table_rule(line: str) -> bool:
    signs = set(line.strip())
    return {"|", "-"} <= signs <= set("|-: \t")
