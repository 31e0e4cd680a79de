"""What stands a hundred times on one page, drawn here: templates would take most of its time.

Markup and classes of names and badges are those of components/organisation_row.html and badge.html.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import conditional_escape as escaped
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from directory.countries import country_name
from directory.lines import Held, Line
from directory.views import facts
from federation.texts import Text, listed


@dataclass(frozen=True)
class Value:
    """One value of a facet: how many have it, and the list of those (or the list without it)."""

    name: Text
    count: int
    url: str
    is_chosen: bool


def in_own_language(text: Text) -> SafeString:
    return mark_safe(f'<bdi lang="{escaped(text.language)}">{escaped(text.value)}</bdi>')  # noqa: S308


def rows(lines: Iterable[Line]) -> SafeString:
    """The <li> of a list of organisations."""
    # The address is the same but for the slug, and slugs need no quoting.
    page = reverse("directory:organisation_detail", args=["-slug-"])
    unknown = format_html(' <span class="meta">{}</span>', _("not known for this day"))
    made = (_row(line, page.replace("-slug-", line.slug), unknown) for line in lines)
    return mark_safe("\n".join(made))  # noqa: S308 - of escaped parts


def _row(line: Line, url: str, unknown: str) -> str:
    parts = [f'<li class="row"><div><h3><a href="{url}">{in_own_language(line.name)}</a></h3>']
    if line.translated_name:
        parts.append(f"<p>{in_own_language(line.translated_name)}</p>")
    own = [f"<bdi>{escaped(text)}</bdi>" for text in (line.acronym, line.place) if text]
    where = [mark_safe(text) for text in own] + [country_name(code) for code in line.countries]  # noqa: S308
    gone = (
        f' <span class="tag">{escaped(_dissolved(line.dissolved))}</span>' if line.dissolved else ""
    )
    parts.append(f'<p class="meta">{listed(where)}{gone}</p></div>')
    if line.standings:
        marks = (_standing(one, "" if one.is_sure else unknown) for one in line.standings)
        parts.append(f'<ul class="statuses">{"".join(marks)}</ul>')
    parts.append("</li>")
    return "".join(parts)


def _dissolved(when: str) -> str:
    return _("dissolved: %(when)s") % {"when": facts.partial_date(when)}


def _standing(held: Held, note: str) -> str:
    standing = held.standing
    label = in_own_language(standing.label)
    badge = f'<span class="badge" data-kind="{standing.kind}">{label}</span>'
    if held.rests_since:
        note += f' <span class="tag">{escaped(_rests(held.rests_since))}</span>'
    return f"<li>{in_own_language(standing.federation)} {badge}{note}</li>"


def _rests(since: datetime.date) -> str:
    day = date_format(since, "DATE_FORMAT")
    return _("suspended since %(since)s: its rights rest") % {"since": day}


def choices(values: Iterable[Value]) -> SafeString:
    """The <li> of a facet: each value with how many have it."""
    chosen = format_html(' <span class="visually-hidden">{}</span>', _("(chosen: take it away)"))
    return mark_safe("".join(_choice(value, chosen) for value in values))  # noqa: S308


def _choice(value: Value, chosen: str) -> str:
    current, note = (' aria-current="true"', chosen) if value.is_chosen else ("", "")
    link = f'<a href="{escaped(value.url)}" rel="nofollow"{current}>'
    name = in_own_language(value.name) if value.name.language else escaped(value.name.value)
    return f'<li>{link}{name}{note}</a> <span class="facet__count">{value.count}</span></li>'
