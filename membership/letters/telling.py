"""Who is told: those who decide, those who ask, and those whom a proceeding concerns."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from federation import letters as outbox
from federation.models import User
from membership.letters import sending
from membership.models import AffiliationRequest, Filing, Proceeding


def tell(people: Iterable[User], about: Any, letter: str, **values: Any) -> None:
    """One letter to each, about a request or proceeding. `link` is another page than its own."""
    if isinstance(about, Proceeding):
        values = {"link": page_of(about)} | values
    for person in people:
        sending.tell(
            letter, person.email, person.language, federation=about.federation,
            reference=about.reference, **values,
        )  # fmt: skip


def page_of(proceeding: Proceeding) -> str:
    return reverse("membership:coordination_proceeding", args=[proceeding.reference])


def tell_deciders(filing: Filing | Proceeding, letter: str = "waiting") -> None:
    if isinstance(filing, AffiliationRequest | Proceeding):
        tell(filing.deciders(), filing, letter)
        return
    for person in filing.deciders():
        outbox.queue("waiting", person.email, person.language, reference=filing.reference)


def tell_applicant(filing: Filing, letter: str, **values: Any) -> None:
    if isinstance(filing, AffiliationRequest):
        sending.tell(
            letter, filing.email, filing.language, federation=filing.federation,
            reference=filing.reference, **values,
        )  # fmt: skip
    else:
        outbox.queue(
            letter, filing.email, filing.language, reference=filing.reference, page=filing.PAGE
        )


def tell_organisation(proceeding: Proceeding, letter: str, **values: Any) -> None:
    """The secretaries of the one that it is about."""
    tell(proceeding.keepers(), proceeding, letter, **values)
