"""Statutes and principles that an invented federation gave itself, with translations."""

import datetime
from typing import Any

from directory.models import Decision, Source, Statutes, StatutesText
from directory.statutes import set_document
from federation.demo.facts import read
from federation.demo.papers import paper
from federation.demo.register import checked
from federation.files import keeping
from federation.models import Federation


def make_statutes(federation: Federation) -> None:
    """After its organisations: what the versions rest on has been recorded with those."""
    for row in read(f"{federation.slug}_statutes"):
        version = checked(
            Statutes(federation=federation, **_plain(row), **_ground(row, federation))
        )
        for language, parts in row["words"].items():
            text = "\n\n".join(parts)
            checked(StatutesText(statutes=version, language=language, text=text))
        if "document" in row:
            set_document(version, row["language"], keeping.cleaned(paper(row["document"])))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    plain = {name: row[name] for name in ("kind", "language", "titles", "changes") if name in row}
    if "since" in row:
        plain["since"] = datetime.date.fromisoformat(row["since"])
    return plain


def _ground(row: dict[str, Any], federation: Federation) -> dict[str, Any]:
    """The decision that adopted it, else the source that knows of it."""
    facts = read(federation.slug)
    if "source" in row:
        title = facts["sources"][row["source"]]["title"]
        return {"source": Source.objects.get(federation=federation, title=title)}
    reference = facts["decisions"][row["decision"]]["reference"]
    return {"decision": Decision.objects.get(federation=federation, reference=reference)}
