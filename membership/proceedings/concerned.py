"""Letters to those whom a proceeding concerns: there is news, and where it can be read."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from federation.models import User
from membership.letters import sending
from membership.models import Proceeding


def page_of(proceeding: Proceeding) -> str:
    return reverse("membership:coordination_proceeding", args=[proceeding.reference])


def tell(people: Iterable[User], proceeding: Proceeding, letter: str, **values: Any) -> None:
    for person in people:
        sending.tell(
            letter, person.email, person.language, federation=proceeding.federation,
            reference=proceeding.reference, link=page_of(proceeding), **values,
        )  # fmt: skip


def tell_organisation(proceeding: Proceeding, letter: str, **values: Any) -> None:
    tell(proceeding.keepers(), proceeding, letter, **values)


def tell_coordinators(proceeding: Proceeding, letter: str) -> None:
    tell(proceeding.deciders(), proceeding, letter)
