"""Collects the texts of the code into locale/, checks and compiles the translations.

Babel does it alone, so GNU gettext is not needed. Templates are read through Django's own
templatize, which turns them into Python code with one gettext call for each text.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
TEMPLATE = LOCALE / "django.pot"
CODE = ["congress", "directory", "federation", "membership"]  # and templates/
COMPLETE = {
    "ar",
    "de",
    "es",
    "fr",
    "it",
    "pl",
    "pt",
    "ru",
    "tr",
}  # in these languages nothing may be missing
SHOWN = 40  # lines of complaints
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Would change with every run and tell nothing.
VOLATILE = (
    "POT-Creation-Date",
    "PO-Revision-Date",
    "Last-Translator",
    "Language-Team",
    "Project-Id-Version",
    "Report-Msgid-Bugs-To",
    "Generated-By",
)


def sources() -> Iterator[Path]:
    for name in CODE:
        for path in sorted((ROOT / name).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for folder in [*CODE, "templates"]:
        for pattern in ["*.html", "*.txt"]:
            yield from sorted((ROOT / folder).rglob(pattern))


def python_of(path: Path) -> bytes:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        # Left over from the page's layout, an indentation would be an error in Python.
        text = "\n".join(line.lstrip() for line in templatize(text, str(path)).splitlines())
    return text.encode()


def collected() -> Catalog:
    """What the code says now."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for path in sources():
        code = io.BytesIO(python_of(path))
        found = extract(
            "python",
            code,
            KEYWORDS,
            ["Translators:"],
            {"encoding": "utf-8"},
            strip_comment_tags=True,
        )
        where = path.relative_to(ROOT).as_posix()
        for line, text, comments, context in found:
            catalog.add(text, None, [(where, line)], auto_comments=comments, context=context)
    return catalog


def translations() -> dict[str, Path]:
    return {path.parts[-3]: path for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))}


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def written(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    catalog.header_comment = "# Made by script/messages: write only the translations."
    write_po(
        buffer, catalog, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False
    )
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip('"').startswith(VOLATILE)).encode()


def update() -> int:
    template = collected()
    LOCALE.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(written(template))
    for language in sorted({*translations(), *COMPLETE}):
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = read(path, language) if path.exists() else Catalog(language, fuzzy=False)
        catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
        path.write_bytes(written(catalog))
        empty = sum(1 for message in catalog if message.id and not filled(message))
        print(f"{language}: {len(catalog)} texts, {empty} to be translated")
    return 0


def filled(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(strings)


def key(message: Message) -> tuple[object, object]:
    return message.context, message.id


def shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return repr(text if len(text) < 70 else f"{text[:67]}...")


def complaints() -> Iterator[str]:
    """Everything amiss, one line each."""
    template = collected()
    wanted = {key(message): message for message in template if message.id}
    files = {"": TEMPLATE, **translations()}
    for language in sorted(COMPLETE - set(files)):
        yield f"locale/{language}: there is no translation"
    for language, path in files.items():
        name = path.relative_to(ROOT)
        if not path.exists():
            yield f"{name}: is missing"
            continue
        catalog = read(path, language or None)
        present = {key(message) for message in catalog if message.id}
        for missing in sorted(set(wanted) - present, key=str):
            yield f"{name}: lacks {shown(wanted[missing])}"
        for message in catalog:
            if message.id:
                yield from (f"{name}: {fault}" for fault in faults(message, catalog, language))


def faults(message: Message, catalog: Catalog, language: str) -> Iterator[str]:
    if message.fuzzy:
        yield f"{shown(message)} is marked fuzzy"
    if language in COMPLETE and not filled(message):
        yield f"{shown(message)} is not translated"
    elif language and filled(message):
        for error in message.check(catalog):
            yield f"{shown(message)}: {error}"


def check() -> int:
    found = list(complaints())
    for line in found[:SHOWN]:
        print(line)
    if len(found) > SHOWN:
        print(f"... and {len(found) - SHOWN} more")
    if found:
        print(f"{len(found)} to mend: script/messages adds what is missing, then translate it.")
    return 1 if found else 0


def compile_all() -> int:
    """Write each .mo that is older than its .po, in one step each, as readers may be at work."""
    for language, path in translations().items():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        draft = target.with_suffix(f".{os.getpid()}")
        with draft.open("wb") as file:
            write_mo(file, read(path, language))
        draft.replace(target)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/messages", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_const", dest="act", const=check)
    what.add_argument("--compile", action="store_const", dest="act", const=compile_all)
    act = parser.parse_args().act or update
    settings.configure()  # templatize asks for the settings; it needs none of ours
    django.setup()
    return act()


if __name__ == "__main__":
    sys.exit(main())
