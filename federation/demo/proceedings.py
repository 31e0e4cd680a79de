"""Opens invented proceedings: a section leaves, one is suspended until a congress decides."""

import datetime
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils import timezone

from directory.models import Meeting, Organisation
from federation.demo.dating import dated_back, day_ago, moved, put_back
from federation.demo.facts import read
from federation.models import Federation, User
from membership.models import Proceeding
from membership.proceedings import leaving, opening, seconding
from membership.proceedings.outcomes import Verdict


def make_proceedings(
    federation: Federation,
    made: Mapping[str, Organisation],
    people: Mapping[str, User],
    meetings: Mapping[str, Meeting],
) -> None:
    for row in read("filings")["proceedings"]:
        proceeding = dated_back(row["ago"], partial(_open, federation, made, people, row))
        put_back(proceeding, row["ago"], "opened_at")
        for event in row.get("moves", []):
            move = partial(_move, proceeding, event, people, meetings)
            proceeding = moved(event["ago"], move)
            if event["verb"] == "decide" and not proceeding.is_open:
                _date_back_what_follows(proceeding, event["ago"])


def _open(
    federation: Federation,
    made: Mapping[str, Organisation],
    people: Mapping[str, User],
    row: dict[str, Any],
) -> Proceeding:
    terms = {name: row[name] for name in ("kind", "grounds", "assembly", "office") if name in row}
    if "wanted_in" in row:
        terms["wanted_on"] = timezone.localdate() + datetime.timedelta(days=row["wanted_in"])
    proceeding = opening.open_proceeding(
        organisation=made[row["organisation"]],
        federation=federation,
        by=people[row["by"]],
        **terms,
    )
    Proceeding.objects.filter(pk=proceeding.pk).update(reference=row["reference"])
    proceeding.reference = row["reference"]
    return proceeding


def _move(
    proceeding: Proceeding,
    event: dict[str, Any],
    people: Mapping[str, User],
    meetings: Mapping[str, Meeting],
) -> Proceeding:
    by, note = people[event["by"]], event.get("note", "")
    if event["verb"] == "hear":
        until = timezone.localdate() + datetime.timedelta(days=event["in"])
        return leaving.hear(proceeding, by=by, note=note, until=until)
    if event["verb"] == "speak":
        return leaving.speak(proceeding, by=by, note=note)
    verdict = Verdict(event["outcome"], decided_on=day_ago(event["ago"]))
    terms = {name: event[name] for name in ("reference", "place", "leads_to") if name in event}
    if "meeting" in event:
        terms["meeting"] = meetings[event["meeting"]]
    done = leaving.decide(
        proceeding, by=by, verdict=verdict, note=note, body=event["body"], **terms
    )
    return _confirmed(done, event, people)


def _confirmed(
    proceeding: Proceeding, event: dict[str, Any], people: Mapping[str, User]
) -> Proceeding:
    """Where the procedure wants two persons, as the second one confirmed it."""
    prepared = seconding.prepared_now(proceeding)
    if prepared is None:
        return proceeding
    if "second" not in event:
        put_back(prepared, event["ago"], "at")
        return proceeding
    return seconding.confirm(prepared, by=people[event["second"]])


def _date_back_what_follows(proceeding: Proceeding, ago: float) -> None:
    """The proceeding that the suspension leads to began on the same day."""
    rows = Proceeding.objects.filter(organisation=proceeding.organisation).open()
    for following in rows.exclude(pk=proceeding.pk):
        put_back(following, ago, "opened_at")
        for step in following.steps.all():
            put_back(step, ago, "at")
