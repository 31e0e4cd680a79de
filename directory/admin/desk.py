"""What the panel leaves to the desk, where whoever knows the procedures says so."""

from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from federation.models import Status

Rule = Callable[[Iterable[Status]], bool]


class Desk:
    """`wants_second` tells whether two persons decide about one of the statuses."""

    wants_second: Rule = staticmethod(lambda statuses: False)


desk = Desk()


def refuse_alone(*statuses: Status) -> None:
    """What two persons decide, nobody enters alone from a source; lists are imported."""
    if desk.wants_second(statuses):
        told = _(
            "By the procedure two persons decide about this status. Record the decision at the "
            "desk, where a second coordinator confirms it: %(page)s"
        )
        page = reverse("membership:coordination_decision_new")
        raise ValidationError(told % {"page": page})
