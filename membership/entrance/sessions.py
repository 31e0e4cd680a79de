"""What this browser has shown about itself: the drafts it made, the codes it typed.

Kept in the session, without any address in clear.
"""

import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from membership.models import Filing
from membership.references import normal

PROOF_LASTS = datetime.timedelta(minutes=60)
AT_MOST = 20  # a browser that gathers more loses the oldest


def keep_draft(request: HttpRequest, draft: Filing) -> None:
    """This browser made the draft, and may change it until it is sent."""
    drafts = [key for key in request.session.get("drafts", []) if key != _key(draft)]
    request.session["drafts"] = [*drafts, _key(draft)][-AT_MOST:]


def made_draft(request: HttpRequest, filing: Filing) -> bool:
    """Whether this is a draft made in this browser. What was sent needs a proof."""
    return filing.state == "draft" and _key(filing) in request.session.get("drafts", [])


def expect_code(request: HttpRequest, place: str, email_index: str, *, sends: bool = False) -> None:
    """Somebody here asked for a code for the page `place`, giving an address.

    `sends` tells that the code, once typed, sends the draft off.
    """
    expected = request.session.get("expected", {})
    expected.pop(place, None)
    kept = dict(list(expected.items())[-AT_MOST:])
    request.session["expected"] = {**kept, place: [email_index, sends]}


def expected_code(request: HttpRequest, place: str) -> tuple[str, bool]:
    """The index of the address given for `place`, empty if nothing was asked; and `sends`."""
    email_index, sends = request.session.get("expected", {}).get(place, ["", False])
    return email_index, sends


def keep_work(request: HttpRequest, place: str) -> None:
    """This browser has done the work that sending off the draft of `place` asks for."""
    done = [other for other in request.session.get("work", []) if other != place]
    request.session["work"] = [*done, place][-AT_MOST:]


def has_worked(request: HttpRequest, place: str) -> bool:
    return place in request.session.get("work", [])


def prove(request: HttpRequest, filing: Filing) -> None:
    """The right code was typed here. The session gets a new key, so an older one proves nothing."""
    request.session.cycle_key()
    expected = request.session.get("expected", {})
    expected.pop(_key(filing), None)
    proofs = {**request.session.get("proofs", {}), _key(filing): timezone.now().timestamp()}
    request.session["proofs"] = dict(list(proofs.items())[-AT_MOST:])


def has_proved(request: HttpRequest, filing: Filing) -> bool:
    """Whether the code for this filing was typed here within the last hour."""
    at: Any = request.session.get("proofs", {}).get(_key(filing))
    if at is None:
        return False
    age = timezone.now().timestamp() - at
    return bool(0 <= age < PROOF_LASTS.total_seconds())


def open_here(request: HttpRequest, filings: Any, reference: str) -> Any:
    """The filing with this reference, if this browser made it or has proved to be its owner's.

    Any other is as good as not there.
    """
    text = normal(reference)
    filing = filings.filter(reference=text).first() if text else None
    if filing and (made_draft(request, filing) or has_proved(request, filing)):
        return filing
    return None


def place_of(model: type[Filing], reference: str) -> str:
    """A key for the page of a reference, whether or not anything is filed there."""
    return f"{model._meta.model_name}:{reference}"


def _key(filing: Filing) -> str:
    return place_of(type(filing), filing.reference)
