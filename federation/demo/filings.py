"""Files what applicants, claimants and readers would, and moves requests and applications to
every state there is.

Their days are counted back from the day of building, so that the inbox looks lived in.
"""

import datetime
import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils import timezone

from directory.models import Organisation
from federation.demo.facts import read
from federation.models import Federation, Letter, User
from membership import claims, reports, workflow
from membership.codes import send_code
from membership.models import (
    AffiliationRequest,
    EntryClaim,
    ErrorReport,
    Filing,
    MembershipApplication,
)

NAMESPACE = uuid.UUID("c0ffee00-1a2b-4c3d-8e4f-5a6b7c8d9e0f")
# What the forms keep of a question that was left empty.
EMPTY_REQUEST = {
    "acronym": "",
    "city": "",
    "website": "",
    "founded": "",
    "members": None,
    "contact_role": "",
}
EMPTY_APPLICATION = {"place": "", "work": "", "phone": "", "message": ""}
EMPTY_CLAIM = {"task": "", "confirm_at": "", "message": ""}
CONSENT = (
    "The organisation may keep what I have written here, to decide on it and as its member record."
)


def make_requests(
    federations: Mapping[str, Federation],
    made: Mapping[str, Organisation],
    deciders: Mapping[str, User],
) -> None:
    for row in read("filings")["requests"]:
        federation = federations[row["federation"]]
        request = AffiliationRequest(
            federation=federation,
            status=federation.statuses.get(slug=row["status"]),
            **_common(row),
        )
        existing = made[row["existing"]].slug if "existing" in row else ""
        request.answers = (
            EMPTY_REQUEST | row["answers"] | {"agrees": True, "organisation_slug": existing}
        )
        request.full_clean()
        request.save()
        _walk(request, row, by=deciders[federation.slug], submit=_submit_request)


def make_applications(
    federations: Mapping[str, Federation],
    made: Mapping[str, Organisation],
    deciders: Mapping[str, User],
) -> None:
    for row in read("filings")["applications"]:
        application = MembershipApplication(
            organisation=made[row["organisation"]],
            via=federations[row["via"]] if "via" in row else None,
            **_common(row),
        )
        consent = {"consent": CONSENT, "consent_on": _ago(row["ago"]).date().isoformat()}
        application.answers = EMPTY_APPLICATION | row["answers"] | consent
        application.full_clean()
        application.save()
        _walk(
            application, row, by=deciders[row["organisation"]], submit=workflow.submit_application
        )


def make_claims(made: Mapping[str, Organisation], deciders: Mapping[str, User]) -> None:
    for row in read("filings")["claims"]:
        claim = EntryClaim(organisation=made[row["organisation"]], **_common(row))
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
        report = _dated_back(row["ago"], send)
        ErrorReport.objects.filter(pk=report.pk).update(submitted_at=_ago(row["ago"]))
        for event in row.get("moves", []):
            door = getattr(reports, event["verb"])
            note = event["note"]
            _moved(event["ago"], partial(door, report, by=deciders[row["by"]], note=note))


def _common(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "reference": row["reference"],
        "form_token": uuid.uuid5(NAMESPACE, row["reference"]),
        "language": row["language"],
        "email": row["email"],
        "created_at": _ago(row["ago"]),
    }


def _submit_request(request: AffiliationRequest) -> AffiliationRequest:
    """The group that asks is invented, even where the federation it asks is real."""
    request = workflow.submit_request(request)
    if request.organisation and not request.organisation.is_fictional:
        request.organisation.is_fictional = True
        request.organisation.save()
    return request


def _walk(filing: Any, row: dict[str, Any], *, by: User, submit: Callable[[Any], Any]) -> None:
    if row.get("state") == AffiliationRequest.State.DRAFT:
        send_code(filing)
        return
    filing = _moved(row["ago"], partial(submit, filing))
    type(filing).objects.filter(pk=filing.pk).update(submitted_at=_ago(row["ago"]))
    for event in row.get("moves", []):
        filing = _moved(event["ago"], partial(_move, filing, event, by))


def _moved(ago: float, move: Callable[[], Any]) -> Any:
    """Make a move as if it had been made `ago` days before; its step and letters bear that day."""
    filing = _dated_back(ago, move)
    filing.steps.filter(number=filing.step).update(at=_ago(ago))
    return filing


def _dated_back(ago: float, act: Callable[[], Any]) -> Any:
    """Do it, and give its letters the day `ago` days before."""
    begun, then = timezone.now(), _ago(ago)
    done = act()
    Letter.objects.filter(queued_at__gte=begun).update(queued_at=then, due_at=then)
    return done


def _move(filing: Any, event: dict[str, Any], by: User) -> Filing:
    """The move by its own verb. The applicant answers and withdraws, all else is the deciders'."""
    verb, note = event["verb"], event.get("note", "")
    if verb in {"answer", "withdraw"}:
        applicants: Callable[..., Filing] = getattr(workflow, verb)
        return applicants(filing, note=note)
    if verb == "accept":
        return _accept(filing, event, by)
    terms = {"by": by, "note": note}
    if verb == "defer":
        terms["until"] = timezone.localdate() + datetime.timedelta(days=event["in"])
    deciders: Callable[..., Filing] = getattr(workflow, verb)
    return deciders(filing, **terms)


def _accept(filing: Any, event: dict[str, Any], by: User) -> Filing:
    day = timezone.localdate(_ago(event["ago"]))
    note = event.get("note", "")
    if isinstance(filing, MembershipApplication):
        return workflow.accept_application(filing, by=by, since=day, note=note)
    return workflow.accept_request(
        filing,
        by=by,
        body=event["body"],
        decided_on=day,
        reference=event["reference"],
        place=event["place"],
        status=filing.federation.statuses.get(slug=event.get("status", filing.status.slug)),
        note=note,
    )


def _ago(days: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)
