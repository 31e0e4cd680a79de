"""Whatever is pasted: no entry is lost, and nothing but a clear refusal is raised."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.reading import ReadingError, read_list

PIECES = [
    "[", "]", "(", ")", "[[", "]]", "{{", "}}", "|", "{|", "|}", "|-", "!", "**", "'''", "''",
    "*", "- ", "* ", "# ", "## ", "== ", " ==", "\n", "\n\n", "  ", "\t", ",", ";", ":", " – ",
    '"', "'", "<!--", "-->", "<ref>", "</ref>", "<br>", "\\", "&amp;", "https://example.org",
    "---\n", "name,", "Spain", "(Spain)", "CNT", "One Union", "flag|Spain", "Category:", "1. ",
    ' "wikilink")', "~~", "\r", "\0", "\ufeff", "\u0301", "ö", "全国", "اتحاد", "\ud800", "\u202e",
    "=", "'=1",
]  # fmt: skip
NAMES = ["list.md", "list.wiki", "list.csv", "list.txt", "list.xlsx", "list.pdf", ""]
notation = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
one_line = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=40)


def read_or_refused(source, filename):
    """The page, or the words of the refusal; any other exception fails the test."""
    try:
        return read_list(source, filename)
    except ReadingError as refused:
        return str(refused)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(notation | st.text() | st.binary(), st.sampled_from(NAMES))
def test_any_text_is_read_or_refused(source, filename):
    assert read_or_refused(source, filename)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.binary())
def test_any_archive_is_refused(data):
    assert isinstance(read_or_refused(b"PK\x03\x04" + data, "list.xlsx"), str)


def all_lines(page):
    return sorted([entry.line for entry in (*page.rows, *page.not_understood)])


@given(st.lists(one_line.filter(lambda text: "<" not in text and "--" not in text), min_size=1))
def test_every_item_of_markdown_is_accounted_for(texts):
    page = read_list("".join(f"- x{text}\n" for text in texts), "list.md")
    assert all_lines(page) == list(range(1, len(texts) + 1))


@given(st.lists(one_line.filter(lambda text: "<" not in text), min_size=1))
def test_every_item_of_mediawiki_is_accounted_for(texts):
    page = read_list("== A ==\n" + "".join(f"* x{text}\n" for text in texts), "list.wiki")
    lines = range(2, len(texts) + 2)
    assert page.notation == "markdown" or all_lines(page) == list(lines)


@given(st.lists(one_line.map(lambda text: text.replace('"', "")), min_size=1))
def test_every_row_of_a_table_is_accounted_for(texts):
    page = read_list("name,city\n" + "".join(f'"x{text}",y\n' for text in texts), "list.csv")
    assert all_lines(page) == list(range(2, len(texts) + 2))
