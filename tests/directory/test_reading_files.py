"""Which files are read, and what is said of those that are not."""

import pytest

from directory.reading import ReadingError, read_list


def refusal(source, filename=""):
    with pytest.raises(ReadingError) as refused:
        read_list(source, filename)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "filename", "notation"),
    [
        ("- One", "", "markdown"),
        ("• One", "pasted.txt", "markdown"),
        ("# Sections\n* [[One]]\n- Two", "", "markdown"),
        ("* [One](One)", "list.wiki", "markdown"),
        ("== Sections ==\n# One", "list.md", "mediawiki"),
        ("* [[One]]", "", "mediawiki"),
        ("# One", "list.mediawiki", "mediawiki"),
        ("name;country\nOne;Spain", "", "csv"),
        ("name\tcountry\nOne\tSpain", "list.tsv", "csv"),
        ("name\nOne", "list.CSV", "csv"),
    ],
)
def test_notation_is_told_by_content_then_by_name(text, filename, notation):
    page = read_list(text, filename)
    assert (page.notation, page.rows[0].name) == (notation, "One")


def test_a_path_is_opened_and_tells_its_name(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"name\nOne\n")
    assert read_list(path).rows[0].name == "One"


def test_a_missing_file_is_named(tmp_path):
    assert refusal(tmp_path / "none.md") == (
        "The file none.md cannot be opened: No such file or directory."
    )


@pytest.mark.parametrize(
    ("data", "filename", "expected"),
    [
        (b"", "list.md", "The file is empty."),
        (b" \n\t\n", "list.csv", "The file is empty."),
        (b"Only words.\n", "list.md", "No list was found."),
        (b"- a\n- \xff\n", "list.md", "Line 2 (byte 6) is not UTF-8."),
        ("- Örestad".encode("latin-1"), "list.md", "Line 1 (byte 2) is not UTF-8."),
        (b"\xff\xfe- \n", "list.md", "Line 1 (byte 4) is not UTF-16."),
        ("- One".encode("utf-32"), "list.md", "The file is in UTF-32."),
        ("- One".encode("utf-16-le"), "list.md", "Line 1 has a null character."),
        (b"- One\n- T\0wo\n", "list.md", "Line 2 has a null character."),
        ("- \ud800", "list.md", "Line 1 (byte 2) is not UTF-8."),
        (b"-" * (10 * 1024 * 1024 + 1), "list.md", "The file is larger than 10 MB."),
        (b"x", "list.xlsx", "The file is called .xlsx but is no workbook."),
        (
            b"PK\x03\x04....mimetypeapplication/vnd.oasis.x",
            "a",
            "OpenDocument sheets are not read.",
        ),
        (b"x", "list.ods", "OpenDocument sheets are not read."),
        (b"\xd0\xcf\x11\xe0", "list.csv", "Old or macro workbooks are not read."),
        (b"%PDF-1.7", "list.txt", "A PDF cannot be read as a list."),
        (b"\n<!DOCTYPE html><li>One", "list.md", "A web page cannot be read."),
        (b"{}", "list.json", ".json files are not read."),
    ],
)
def test_a_file_that_is_refused_gets_one_clear_message(data, filename, expected):
    assert refusal(data, filename).startswith(expected)
