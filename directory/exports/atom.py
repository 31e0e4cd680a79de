"""Atom (RFC 4287): what has changed, newest first, in pages that lead to each other (RFC 5005).

An entry is the latest change of an organisation. All that was recorded within a minute before
it is one act, and the entry tells of it.
"""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from directory.entries import Entry, entries, shown_bonds
from directory.exports.about import About, moment
from directory.exports.xml import DECLARATION, element, empty, opened
from directory.filters import OrganisationFilter
from directory.models import Affiliation, Organisation
from directory.paging import Order, Page, page_of

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
ENTRIES = 100
ONE_ACT = datetime.timedelta(minutes=1)
BEGUN = "2026"  # tags name a year in which their authority was ours


class ChangesFilter(OrganisationFilter):
    """A feed has one order, whatever its list is sorted by, and one size of page."""

    @property
    def order(self) -> Order:
        return self.orders["changed"]

    def page(self) -> Page:
        return page_of(self.qs, self.order, ENTRIES, self.place)


@dataclass(frozen=True)
class Change:
    """Something that happened: a word for programs, and a sentence."""

    term: str
    words: str


def feed(page: Page, about: About, neighbours: dict[str, str]) -> str:
    """One page of the feed. `neighbours` are the addresses of others by their relation."""
    rows = page.rows
    shown = entries(rows, bonds=shown_bonds(None).as_at(timezone.localdate()))
    told = changes(rows, shown)
    updated = rows[0].changed_at if rows else about.generated_at
    parts = [*_head(about, updated, neighbours)]
    for entry in shown:
        parts.extend(_entry(entry, told[entry.slug], about))
    return DECLARATION + "\n".join([*parts, "</feed>\n"])


def tag(path: str) -> str:
    """A name for ever (RFC 4151), whatever address it is read under."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"tag:{host},{BEGUN}:{quote(path, safe='/?=&;:%+-._~')}"


def _head(about: About, updated: datetime.datetime, neighbours: dict[str, str]) -> Iterator[str]:
    yield opened("feed", xmlns="http://www.w3.org/2005/Atom", xml_lang="en")
    yield element("id", tag(f"organisations{about.query}"))
    yield element("title", _("%(site)s: changes") % {"site": settings.SITE_NAME})
    yield element("subtitle", about.sentence)
    yield element("updated", moment(updated))
    yield element("rights", f"{settings.DATA_LICENCE['name']}, {settings.DATA_LICENCE['url']}")
    yield f"<author>{element('name', str(settings.SITE_NAME))}</author>"
    yield empty("link", rel="license", href=settings.DATA_LICENCE["url"])
    yield empty("link", rel="alternate", type="text/html", hreflang="en", href=about.page)
    for relation, address in neighbours.items():
        yield empty("link", rel=relation, type="application/atom+xml", href=address)


def _entry(entry: Entry, told: Sequence[Change], about: About) -> Iterator[str]:
    address = about.organisation(entry.slug)
    when = moment(entry.changed_at)
    words = " ".join(change.words for change in told)
    yield "<entry>"
    yield element("id", tag(f"organisations/{entry.slug}/{when}"))
    yield element("title", str(entry.name), xml_lang=entry.name.language)
    yield element("updated", when)
    yield empty("link", rel="alternate", type="text/html", href=address)
    yield empty(
        "link", rel="alternate", type="application/json", href=f"{address.rstrip('/')}.json"
    )
    for term in dict.fromkeys(change.term for change in told):
        yield empty("category", term=term)
    yield element("summary", words)
    yield "</entry>"


# --- what happened --------------------------------------------------------------------------


def changes(rows: Sequence[Organisation], shown: Sequence[Entry]) -> dict[str, list[Change]]:
    """What each organisation’s latest change was, by its slug: two queries."""
    listed_since = _listed_since([row.pk for row in rows])
    ended = _ended_at([bond for entry in shown for bond in entry.affiliations])
    told = {}
    for row, entry in zip(rows, shown, strict=True):
        since = row.changed_at - ONE_ACT
        found = [Change("new", _("New in the directory."))] if (
            row.pk in listed_since and listed_since[row.pk] >= since
        ) else []  # fmt: skip
        for bond in entry.affiliations:
            if bond.recorded_at >= since:
                found.append(_admitted(bond))
            if bond.pk in ended and ended[bond.pk] >= since:
                found.append(_over(bond))
        told[entry.slug] = found or [Change("changed", _("The entry was changed."))]
    return told


def _listed_since(keys: list[int]) -> dict[int, datetime.datetime]:
    history: Any = Organisation.history
    shown = history.filter(id__in=keys, visibility__in=Organisation.LISTED).order_by()
    return dict(shown.values("id").annotate(at=Min("history_date")).values_list("id", "at"))


def _ended_at(bonds: Sequence[Affiliation]) -> dict[int, datetime.datetime]:
    """When the end of each bond that has one was last recorded."""
    over = [bond.pk for bond in bonds if bond.until or bond.gone_on]
    history: Any = Affiliation.history
    kept = history.filter(id__in=over, history_type="~").order_by()
    return dict(kept.values("id").annotate(at=Max("history_date")).values_list("id", "at"))


def _named(bond: Affiliation) -> dict[str, Any]:
    federation = bond.status.federation
    return {
        "status": bond.status.label, "federation": federation.acronym or federation,
        "since": bond.since, "until": bond.until,
    }  # fmt: skip


def _admitted(bond: Affiliation) -> Change:
    words = (
        _("%(status)s of %(federation)s since %(since)s.")
        if bond.since
        else _("%(status)s of %(federation)s.")
    )
    return Change("affiliation-begun", words % _named(bond))


def _over(bond: Affiliation) -> Change:
    words = (
        _("No longer %(status)s of %(federation)s from %(until)s on.")
        if bond.until
        else _("No longer %(status)s of %(federation)s.")
    )
    return Change("affiliation-ended", words % _named(bond))
