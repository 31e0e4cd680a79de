"""CSV files and workbooks."""

import io
import zipfile

import openpyxl
import pytest

from directory.reading import ReadingError, read_list

HEADER = "name,status,country_iso2,country_basis,country_as_written,wiki_target\n"


def rows(text, filename="list.csv"):
    return read_list(text, filename).rows


def reasons(text):
    page = read_list(text, "list.csv")
    return [(entry.line, entry.reason) for entry in page.not_understood]


def refusal(source, filename):
    with pytest.raises(ReadingError) as refused:
        read_list(source, filename)
    return str(refused.value)


def workbook(*lines, more=()):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    for title in more:
        book.create_sheet(title)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rewritten(data, old, new):
    """The workbook with something else in its sheet."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(file, "w") as after:
        content = {name: before.read(name) for name in before.namelist()}
        assert old in content["xl/worksheets/sheet1.xml"]
        for name in content:
            after.writestr(name, content[name].replace(old, new))
    return file.getvalue()


def packed(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"xl/workbook.xml": "", **members}.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_csv_columns_are_known_by_name():
    page = read_list(
        HEADER + "Germinal,friend,CL,stated,Chile,Germinal_(Chile)\n"
        "Polish Lamps,section,PL,implied,,Polish_Lamps\n",
        "list.csv",
    )
    found = [(r.name, r.status, r.countries, r.country_basis, r.target) for r in page.rows]
    assert found == [
        ("Germinal", "friend", ("CL",), "stated", "Germinal_(Chile)"),
        ("Polish Lamps", "section", ("PL",), "implied", "Polish_Lamps"),
    ]
    assert page.ignored_columns == ("country_as_written",)


def test_csv_columns_may_be_spanish_and_names_in_languages():
    row = rows(
        "Nombre;Nombre:en;name (fr);País;Siglas;Ciudad;Página web;Idiomas;Fundación;Desde;Estado\n"
        "Uno;One;Un;España, Portugal;UN;Vigo;https://example.org;es, gl;1910;1922-05;sección\n"
    )[0]
    assert row.names == (("en", "One"), ("fr", "Un"))
    assert (row.countries, row.acronym, row.city) == (("ES", "PT"), "UN", "Vigo")
    assert (row.url, row.languages) == ("https://example.org", ("es", "gl"))
    assert (row.founded, row.since, row.status) == ("1910", "1922-05", "sección")


@pytest.mark.parametrize(
    "source",
    [
        "name,city\nÖne,Łódź\n",
        "name;city\r\nÖne;Łódź\r\n",
        "name\tcity\nÖne\tŁódź",
        '\n"name","city"\n"Öne","Łódź"\n,\n',
        b"\xef\xbb\xbf" + "name,city\nÖne,Łódź\n".encode(),
        "name,city\nÖne,Łódź\n".encode("utf-16"),
        "name,city\nO\u0308ne,Łódź\n",
    ],
)
@pytest.mark.parametrize("filename", ["list.csv", "list.txt", ""])
def test_csv_may_come_in_many_forms(source, filename):
    assert [(row.name, row.city) for row in rows(source, filename)] == [("Öne", "Łódź")]


def test_csv_lines_are_those_of_the_file():
    text = 'name,city\n\n"One\n  Two",A\nThree,"B\nC"\nFour,D\n'
    found = [(row.line, row.name, row.city) for row in rows(text)]
    assert found == [(3, "One Two", "A"), (5, "Three", "B C"), (7, "Four", "D")]


def test_csv_rows_not_understood_say_why():
    text = (
        "name,country,country_iso2,website,language\n"
        "A,Narnia,,,\nB,Spain,FR,,\nC,,,javascript:x,\nD,,,,klingonese\n,Spain,,,\nE,Spain\n"
        f"{'x' * 201},,,,\nF\x1b,,,,\n{'x' * 2001},,,,\n"
    )
    assert reasons(text) == [
        (2, "“Narnia” is no country."),
        (3, "The columns name different countries."),
        (4, "“javascript:x” is no web address (https://…)."),
        (5, "“klingonese” is no language code."),
        (6, "There is no name."),
        (7, "The row has 2 cells, the first row has 5."),
        (8, "The name is longer than 200 characters."),
        (9, "There are control characters in it."),
        (10, "A cell is longer than 2000 characters."),
    ]


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("'=SUM", "=SUM"),
        ("' +One", "+One"),
        ("'＝One", "＝One"),
        ("'\u200b@One", "@One"),
        ("'t Zand", "'t Zand"),
        ("''One", "''One"),
    ],
)
def test_csv_guard_of_our_own_exports_is_taken_off(cell, name):
    assert rows(f"name,city\n{cell},x\n")[0].name == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "city,country\nA,Spain\n",
            "Line 1: There is no name column. Name the columns in the first row.",
        ),
        ("\nname,nombre\nA,B\n", "Line 2: Two columns mean the same: name."),
        (",\n,\n", "The table is empty."),
        ("name" + ",x" * 100 + "\n", "Line 1: There are more than 100 columns."),
        ("name,city\n" + "A,b\n" * 100_001, "The table has more than 100000 rows."),
    ],
)
def test_csv_that_is_refused(text, expected):
    assert refusal(text, "list.csv").startswith(expected)


def test_csv_with_a_quote_left_open_is_refused_with_its_line():
    assert refusal('name,city\nA,b\n"C,d\nE,f\n', "list.csv").startswith("Line 3: the quotes")


def test_workbook_is_read_from_its_first_sheet():
    page = read_list(
        workbook(
            ["Name", "Country", "Founded", "x"], ["Öne", "Spain", 1910], [], ["Two"], more=["B"]
        ),
        "list.xlsx",
    )
    found = [(row.line, row.name, row.countries, row.founded) for row in page.rows]
    assert found == [(2, "Öne", ("ES",), "1910"), (4, "Two", (), "")]
    assert (page.ignored_columns, page.ignored_sheets) == (("x",), ("B",))


def test_workbook_formula_is_not_understood():
    page = read_list(workbook(["name", "x"], ["=1+1", ""], ["One", "=2+2"]), "list.xlsx")
    assert [row.name for row in page.rows] == ["One"]
    assert [(entry.line, entry.raw) for entry in page.not_understood] == [(2, "=1+1 |")]


def test_workbook_with_a_false_size_is_read_all_the_same():
    data = rewritten(workbook(["name"], ["One"]), b"A1:A2", b"A1:XFD1048576")
    assert [row.name for row in rows(data, "list.xlsx")] == ["One"]


def test_workbook_with_a_million_empty_lines_is_refused():
    data = rewritten(workbook(["name"], ["One"]), b'r="A2"', b'r="A1048576"')
    data = rewritten(data, b'<row r="2"', b'<row r="1048576"')
    assert refusal(data, "list.xlsx").startswith("The sheet has more than 101000 lines.")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"PK\x03\x04 torn", "The file is a damaged archive."),
        (workbook(["name"], ["One"])[:-30], "The file is a damaged archive."),
        (packed(), "The workbook is damaged or no workbook."),
        (packed(bomb="0" * 20_000_000), "The workbook is built like an attack."),
        (packed(entities="<?xml?><!DOCTYPE x [<!ENTITY y 'z'>]>"), "The workbook is built like"),
        (packed(large="0" * 60_000_000), "The workbook is too large when unpacked."),
        (packed(**{f"m{number}": "" for number in range(1001)}), "The workbook is too large"),
    ],
)
def test_workbook_that_is_refused(data, expected):
    assert refusal(data, "list.xlsx").startswith(expected)
