"""CSV and XLSX files. A workbook is a zip archive, so its size is looked at before it is opened."""

import csv
import datetime
import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from directory.reading.page import MAX_COLUMNS, MAX_ROWS, ListPage, ReadingError, Unclear
from directory.reading.tables import Cells, read_table, recognised

MAX_LINES = MAX_ROWS + 1_000  # empty ones included, which take no room in a workbook
MAX_MEMBERS = 1_000
MAX_UNPACKED = 50 * 1024 * 1024
MAX_RATIO = 200
_DELIMITERS = (",", ";", "\t")


def read_csv(text: str) -> ListPage:
    """A table with commas, semicolons or tabs, whichever makes sense of its first row."""
    by_delimiter = {delimiter: _first_row(text, delimiter) for delimiter in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda found: _known_columns(by_delimiter[found]))
    return _page("csv", _csv_rows(text, delimiter))


def _first_row(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        return next(_filled(_csv_rows(text, delimiter))).values
    except (ReadingError, StopIteration):
        return ()


def _known_columns(header: tuple[str, ...]) -> int:
    try:
        columns, _ignored = recognised(header)
    except Unclear:
        return 0
    return sum(map(bool, columns))


def _csv_rows(text: str, delimiter: str) -> Iterator[Cells]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for values in reader:
            yield Cells(line, tuple(values))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadingError(
            _("Line %(line)d: the quotes or the length of a cell are wrong (%(why)s).")
            % {"line": line, "why": error}
        ) from error


def _filled(rows: Iterator[Cells]) -> Iterator[Cells]:
    return (cells for cells in rows if not cells.is_blank)


def _page(notation: str, rows: Iterator[Cells], sheets: tuple[str, ...] = ()) -> ListPage:
    filled = _filled(rows)
    header = next(filled, None)
    if header is None:
        raise ReadingError(_("The table is empty."))
    try:
        read = read_table(header, _limited(filled))
    except Unclear as unclear:
        raise ReadingError(
            _("Line %(line)d: %(why)s") % {"line": header.line, "why": unclear}
        ) from unclear
    return ListPage(
        notation=notation,
        rows=tuple(read.rows),
        not_understood=tuple(read.not_understood),
        ignored_columns=read.ignored_columns,
        ignored_sheets=sheets,
    )


def _limited(rows: Iterator[Cells]) -> Iterator[Cells]:
    yield from islice(rows, MAX_ROWS)
    if next(rows, None) is not None:
        raise ReadingError(
            _("The table has more than %(count)d rows. Split it and read the parts.")
            % {"count": MAX_ROWS}
        )


def read_xlsx(data: bytes) -> ListPage:
    """The first sheet of a workbook."""
    _check_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet, *others = book.worksheets
        sheet.reset_dimensions()  # what the file says of its own size need not be true
        return _page("xlsx", _sheet_rows(sheet), tuple(other.title for other in others))
    except ReadingError:
        raise
    except Exception as error:  # a damaged workbook fails in openpyxl in any way
        raise ReadingError(
            _("The workbook is damaged or no workbook. Save it again as XLSX or CSV.")
        ) from error


def _check_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            unpacked = sum(member.file_size for member in members)
            packed = sum(member.compress_size for member in members)
            has_entities = any(_has_doctype(archive, member) for member in members[:MAX_MEMBERS])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ReadingError(_("The file is a damaged archive. Save the sheet again.")) from error
    if "xl/workbook.xml" not in names:
        raise ReadingError(
            _("The file is an archive but no XLSX workbook. Save it as XLSX or CSV.")
        )
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED:
        raise ReadingError(_("The workbook is too large when unpacked. Save the sheet as CSV."))
    if unpacked > MAX_RATIO * max(packed, 1) or has_entities:
        raise ReadingError(_("The workbook is built like an attack. Save the sheet as CSV."))


def _has_doctype(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """No workbook declares entities; an attack on XML readers has to."""
    with archive.open(member) as file:
        return b"<!DOCTYPE" in file.read(2048).replace(b"\0", b"")


def _sheet_rows(sheet: Any) -> Iterator[Cells]:
    width = 0
    for line, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1), 1):
        if line > MAX_LINES:
            raise ReadingError(
                _("The sheet has more than %(count)d lines. Delete the empty ones, or split it.")
                % {"count": MAX_LINES}
            )
        values = [_text(cell.value) for cell in row]
        while values and not values[-1]:
            values.pop()
        if len(values) > MAX_COLUMNS:
            raise ReadingError(
                _("Row %(line)d has more than %(count)d columns.")
                % {"line": line, "count": MAX_COLUMNS}
            )
        width = width or len(values)  # of the first row that is not empty
        values += [""] * (width - len(values))
        formulas = tuple(at for at, cell in enumerate(row) if cell.data_type == "f")
        yield Cells(line, tuple(values), formulas)


def _text(value: Any) -> str:
    """What a cell shows: a date as ISO, a whole number without its decimals."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
