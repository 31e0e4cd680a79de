"""From bytes to text: what kind of file it is, its encoding, and what is refused at the door."""

import re
from enum import StrEnum
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from directory.reading.page import ReadingError

MAX_BYTES = 10 * 1024 * 1024


class Notation(StrEnum):
    MARKDOWN = "markdown"
    MEDIAWIKI = "mediawiki"
    CSV = "csv"
    XLSX = "xlsx"


_BY_SUFFIX = {
    ".md": Notation.MARKDOWN,
    ".markdown": Notation.MARKDOWN,
    ".wiki": Notation.MEDIAWIKI,
    ".mediawiki": Notation.MEDIAWIKI,
    ".wikitext": Notation.MEDIAWIKI,
    ".csv": Notation.CSV,
    ".tsv": Notation.CSV,
    ".xlsx": Notation.XLSX,
    ".txt": None,
    "": None,
}
# A heading or table of MediaWiki means nothing in Markdown, a link of Markdown nothing there.
_MEDIAWIKI = re.compile(r"^(={2,6})[^=\n]+\1[ \t]*$|^\{\|", re.MULTILINE)
_MARKDOWN = re.compile(r"\]\(")
_LIKE_MEDIAWIKI = re.compile(r"^[*#]*[ \t]*\[\[|'''", re.MULTILINE)
_LIKE_MARKDOWN = re.compile(r"^#{2,6} \S|^- ", re.MULTILINE)
_FIRST_LINE = re.compile(r"\s*([^\n]*)")
_NAME_COLUMN = re.compile(r"(?:^|[,;\t])\s*\"?(?:name|nombre)\"?\s*(?:[,;\t]|$)", re.IGNORECASE)


def load(source: bytes | str | Path) -> bytes:
    """The bytes of the source, if there are any and not too many."""
    if isinstance(source, Path):
        data = _read(source)
    else:
        data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(data) > MAX_BYTES:
        raise ReadingError(_("The file is larger than 10 MB. Split it and read the parts."))
    if not data.strip():
        raise ReadingError(_("The file is empty."))
    return data


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReadingError(
            _("The file %(name)s cannot be opened: %(why)s.")
            % {"name": path.name, "why": error.strerror or error}
        ) from error


def notation(data: bytes, filename: str) -> Notation:
    """How the list is written, by content first and by the file's name where that is open."""
    suffix = PurePath(filename).suffix.lower()
    _refuse_foreign(data, suffix)
    if data.startswith(b"PK\x03\x04"):
        return Notation.XLSX
    named = _BY_SUFFIX[suffix]
    if named is Notation.XLSX:
        raise ReadingError(
            _("The file is called .xlsx but is no workbook. Save it again as XLSX or CSV.")
        )
    return named if named is Notation.CSV else _of_text(decode(data), named)


def _of_text(text: str, named: Notation | None) -> Notation:
    """Wiki pages are often saved under another notation's name, or under none."""
    first = _FIRST_LINE.match(text)
    if named is None and first and _NAME_COLUMN.search(first[1][:2000]):
        return Notation.CSV
    mediawiki, markdown = bool(_MEDIAWIKI.search(text)), bool(_MARKDOWN.search(text))
    if mediawiki != markdown:
        return Notation.MEDIAWIKI if mediawiki else Notation.MARKDOWN
    like_mediawiki = _LIKE_MEDIAWIKI.search(text) and not _LIKE_MARKDOWN.search(text)
    return named or (Notation.MEDIAWIKI if like_mediawiki else Notation.MARKDOWN)


def _refuse_foreign(data: bytes, suffix: str) -> None:
    start = data[:512].lstrip().lower()
    if suffix == ".ods" or b"mimetypeapplication/vnd.oasis" in start:
        raise ReadingError(_("OpenDocument sheets are not read. Save the sheet as XLSX or CSV."))
    if suffix in {".xls", ".xlsm", ".xlsb"} or start.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadingError(_("Old or macro workbooks are not read. Save the sheet as XLSX or CSV."))
    if suffix == ".pdf" or start.startswith(b"%pdf"):
        raise ReadingError(_("A PDF cannot be read as a list. Copy its list into a text file."))
    if suffix in {".html", ".htm"} or start.startswith((b"<!doctype html", b"<html")):
        raise ReadingError(_("A web page cannot be read. Take the page's wiki source instead."))
    if suffix not in _BY_SUFFIX:
        raise ReadingError(
            _("%(suffix)s files are not read. Give .md, .wiki, .txt, .csv, .tsv or .xlsx.")
            % {"suffix": suffix[:20]}
        )


def decode(data: bytes) -> str:
    """The text with plain line ends, from UTF-8, or UTF-16 that says so."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise ReadingError(_("The file is in UTF-32. Save it as UTF-8 and try again."))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _decoded(data, "utf-16")
    else:
        text = _decoded(data, "utf-8-sig")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ReadingError(
            _("Line %(line)d has a null character. Save the file as UTF-8 text.") % {"line": line}
        )
    return text


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise ReadingError(
            _("Line %(line)d (byte %(byte)d) is not %(encoding)s. Save the file as UTF-8.")
            % {"line": line, "byte": error.start, "encoding": encoding.removesuffix("-sig").upper()}
        ) from error
