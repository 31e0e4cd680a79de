"""Makes federations, their statuses and their organisations out of the files."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils import timezone

from directory import workflow
from directory.models import (
    HostOrganisation,
    Meeting,
    Organisation,
    OrganisationCountry,
    OrganisationIndustry,
    OrganisationLanguage,
    OrganisationLink,
    OrganisationName,
    OrganisationSite,
    PublicContact,
    Shielding,
)
from directory.models.keepers import COORDINATOR
from federation.demo.facts import organisations, read
from federation.demo.history import History
from federation.models import Federation, Status, User
from membership.desk.meetings import save as save_meeting
from membership.models import Procedure
from membership.procedures import publishing

PLAIN = (
    "language", "kind", "city", "descriptions", "website", "founded", "dissolved",
    "visibility", "accepts_members",
)  # fmt: skip
Made = dict[str, Organisation]


def checked(row: Model) -> Any:
    """Save what is valid as a whole."""
    row.full_clean()
    row.save()
    return row


def make_federation(slug: str) -> Federation:
    facts = read(slug)
    federation: Federation = checked(Federation(**facts["federation"]))
    for status in facts["statuses"]:
        checked(Status(federation=federation, **status))
    return federation


def make_procedures(federation: Federation, by: User, second: User) -> None:
    """Its rules, version by version, each in force since its day; one may be a draft still.

    One person writes, a second puts in force.
    """
    for row in read(federation.slug)["procedures"]:
        status = federation.statuses.get(slug=row["status"])
        draft = publishing.new_draft(Procedure(federation=federation, status=status), by, row)
        if row.get("draft"):
            continue
        day = datetime.datetime.fromisoformat(row["since"]).replace(tzinfo=datetime.UTC)
        publishing.publish(draft, second, row["note"], since=day)


def make_meetings(federation: Federation, by: User) -> dict[str, Meeting]:
    """Coming meetings by their keys; their days are counted from the day of building."""
    meetings = {}
    for key, row in read(federation.slug).get("meetings", {}).items():
        day = timezone.localdate() + datetime.timedelta(days=row["in"])
        meeting = Meeting(
            federation=federation, body=row["body"], titles=row["titles"], place=row["place"],
            day=day, ends_on=day + datetime.timedelta(days=row["lasts"]),
        )  # fmt: skip
        meeting.full_clean()
        meetings[key] = save_meeting(meeting, by=by)
    return meetings


def make_organisations(federation: Federation, by: User) -> Made:
    """The organisations of the federation's file by their keys, with their way through it."""
    rows = organisations(federation.slug)
    made = {row["key"]: _organisation(row, federation.is_fictional, by) for row in rows}
    history = History(federation, by)
    for row in rows:
        _links(made, row, history)
        for event in row.get("history") or _as_listed(row):
            history.happen(made[row["key"]], event)
    return made


def make_hosts(federation: Federation, made: Mapping[str, Organisation]) -> None:
    for key in read(federation.slug).get("hosts", []):
        checked(HostOrganisation(federation=federation, organisation=made[key]))


def _as_listed(row: dict[str, Any]) -> list[dict[str, Any]]:
    """A list without dates has one thing to say: on its day, it was so."""
    if "status" not in row:
        return []
    return [{"admit": row["status"], "seen_on": row["seen_on"], "source": row["source"]}]


def _organisation(row: dict[str, Any], is_fictional: bool, by: User) -> Organisation:
    plain = {field: row[field] for field in PLAIN if field in row}
    if "verified_ago" in row:
        plain["verified_on"] = timezone.localdate() - datetime.timedelta(days=row["verified_ago"])
    latitude, longitude = row.get("at", (None, None))
    organisation = Organisation(
        name=row.get("formerly", row["name"]),
        latitude=latitude,
        longitude=longitude,
        is_fictional=is_fictional,
        **plain,
    )
    organisation.full_clean(exclude=["slug"])
    organisation.save()
    _details(organisation, row)
    if "formerly" in row:
        on = datetime.date.fromisoformat(row["renamed_on"])
        organisation = workflow.rename(organisation=organisation, name=row["name"], on=on, by=by)
    return organisation


def _details(organisation: Organisation, row: dict[str, Any]) -> None:
    kinds, bases = OrganisationName.Kind, OrganisationCountry.Basis
    details: list[Model] = []
    if "acronym" in row:
        details.append(OrganisationName(value=row["acronym"], kind=kinds.ACRONYM))
    for language, value in row.get("translated", {}).items():
        details.append(OrganisationName(value=value, language=language, kind=kinds.TRANSLATED))
    for basis, field in ((bases.STATED, "countries"), (bases.IMPLIED, "implied")):
        details += [OrganisationCountry(code=code, basis=basis) for code in row.get(field, [])]
    details += [OrganisationLanguage(code=code) for code in row.get("languages", [])]
    details += [OrganisationIndustry(code=code) for code in row.get("industries", [])]
    for kind, value in row.get("contacts", {}).items():
        details.append(PublicContact(kind=kind, value=value, is_role=True))
    for kind, url in row.get("sites", {}).items():
        details.append(OrganisationSite(kind=kind, url=url, language=row["language"]))
    if "shielded" in row:
        since = timezone.now() - datetime.timedelta(days=row["shielded"]["ago"])
        reason = row["shielded"]["reason"]
        details.append(Shielding(since=since, office=COORDINATOR, reason=reason))
    for detail in details:
        detail.organisation = organisation  # type: ignore[attr-defined]
        checked(detail)


def _links(made: Made, row: dict[str, Any], history: History) -> None:
    for link in row.get("links", []):
        checked(
            OrganisationLink(
                organisation=made[row["key"]],
                kind=link["kind"],
                other=made[link["other"]],
                since=datetime.date.fromisoformat(link["since"]),
                source=history.source(link["source"]) if "source" in link else None,
            )
        )
