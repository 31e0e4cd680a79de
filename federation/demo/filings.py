"""Files what persons, claimants and readers would, and moves applications to every state."""

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from directory.models import Organisation
from federation.demo.dating import dated_back, day_ago, days_ago, moved
from federation.demo.facts import read
from federation.models import Federation, User
from membership import joining
from membership.entrance.codes import send_code
from membership.entries import claims, reports
from membership.models import EntryClaim, ErrorReport, Filing, MembershipApplication
from membership.requests import workflow

NAMESPACE = uuid.UUID("c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f")
# What the forms keep of a question that was left empty.
EMPTY_APPLICATION = {"place": "", "work": "", "phone": "", "message": ""}
EMPTY_CLAIM = {"task": "", "confirm_at": "", "message": ""}
CONSENT = (
    "The organisation may keep what I have written here, to decide on it and as its member record."
)


def make_applications(
    federations: Mapping[str, Federation],
    made: Mapping[str, Organisation],
    deciders: Mapping[str, User],
) -> None:
    for row in read("filings")["applications"]:
        application = MembershipApplication(
            organisation=made[row["organisation"]],
            via=federations[row["via"]] if "via" in row else None,
            **common(row),
        )
        consent = {"consent": CONSENT, "consent_on": days_ago(row["ago"]).date().isoformat()}
        application.answers = EMPTY_APPLICATION | row["answers"] | consent
        application.full_clean()
        application.save()
        _walk(application, row, by=deciders[row["organisation"]], submit=joining.submit_application)


def make_claims(made: Mapping[str, Organisation], deciders: Mapping[str, User]) -> None:
    for row in read("filings")["claims"]:
        claim = EntryClaim(organisation=made[row["organisation"]], **common(row))
        claim.answers = EMPTY_CLAIM | row["answers"] | {"agrees": True}
        claim.full_clean()
        claim.save()
        _walk(claim, row, by=deciders[row["by"]], submit=claims.submit_claim)


def make_reports(made: Mapping[str, Organisation], deciders: Mapping[str, User]) -> None:
    for row in read("filings")["reports"]:
        send = partial(
            reports.send_report,
            made[row["organisation"]],
            token=uuid.uuid5(NAMESPACE, f"report {row['key']}"),
            answers={"source": ""} | row["answers"],
            language=row["language"],
        )
        report = dated_back(row["ago"], send)
        ErrorReport.objects.filter(pk=report.pk).update(submitted_at=days_ago(row["ago"]))
        for event in row.get("moves", []):
            door = getattr(reports, event["verb"])
            note = event["note"]
            moved(event["ago"], partial(door, report, by=deciders[row["by"]], note=note))


def common(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "form_token": uuid.uuid5(NAMESPACE, row["reference"]),
        "language": row["language"],
        "email": row["email"],
        "created_at": days_ago(row["ago"]),
    }


def _walk(filing: Any, row: dict[str, Any], *, by: User, submit: Callable[[Any], Any]) -> None:
    if row.get("state") == "draft":
        send_code(filing)
        return
    filing = moved(row["ago"], partial(submit, filing))
    type(filing).objects.filter(pk=filing.pk).update(submitted_at=days_ago(row["ago"]))
    for event in row.get("moves", []):
        filing = moved(event["ago"], partial(_move, filing, event, by))


def _move(filing: Any, event: dict[str, Any], by: User) -> Filing:
    """The move by its own verb. The applicant answers and withdraws, all else is the deciders'."""
    verb, note = event["verb"], event.get("note", "")
    if verb in {"answer", "withdraw"}:
        applicants: Callable[..., Filing] = getattr(workflow, verb)
        return applicants(filing, note=note)
    if verb == "accept":
        return joining.accept_application(filing, by=by, since=day_ago(event["ago"]), note=note)
    deciders: Callable[..., Filing] = getattr(workflow, verb)
    return deciders(filing, by=by, note=note)
