"""Fields in which an organisation, a status or a meeting is picked."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from directory.folding import fold
from directory.models import Meeting, Organisation
from federation.models import Status
from federation.texts import joined
from membership.forms.guarded import LineField
from membership.forms.questions import worded
from membership.models import Proceeding

NAMED = 5  # organisations of the same name, in a message


class OrganisationField(LineField):
    """An organisation by its name or the address of its page, among those the person may see."""

    def __init__(self, **kwargs: Any) -> None:
        self.among = Organisation.objects.none()
        super().__init__(max_length=500, **kwargs)
        self.widget.attrs["autocomplete"] = "off"

    def clean(self, value: Any) -> Organisation | None:
        text = super().clean(value)
        if not text:
            return None
        slug = text.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
        by_address: Organisation | None = self.among.filter(slugs__slug=slug).first()
        return by_address or self._called(text)

    def _called(self, text: str) -> Organisation:
        """Names repeat: where several are called so, the address is asked for."""
        found = self.among.found_by(text).prefetch_related("names")[:50]
        same = [one for one in found if fold(text) in _folded_names(one)]
        if len(same) == 1:
            return same[0]
        if same:
            addresses = joined(one.slug for one in same[:NAMED])
            raise ValidationError(
                _("Several are called so. Give the last part of the address of its page: %(those)s")
                % {"those": addresses}
            )
        raise ValidationError(_("No organisation in the directory has this name or address."))


def _folded_names(organisation: Organisation) -> set[str]:
    return {
        fold(name) for name in (organisation.name, *(n.value for n in organisation.names.all()))
    }


class StatusField(forms.ChoiceField):
    """One of the federation's own, by its short name; `offer` says of which federation."""

    widget = forms.RadioSelect
    statuses: dict[str, Status]

    def offer(self, statuses: Any, nothing: str | Promise = "") -> None:
        self.statuses = {status.slug: status for status in statuses}
        chosen = [(slug, worded(status.label)) for slug, status in self.statuses.items()]
        self.choices = [("", str(nothing)), *chosen] if nothing else chosen

    def clean(self, value: Any) -> Status | None:
        return self.statuses.get(super().clean(value))


class MeetingField(forms.ModelChoiceField):
    """A meeting of the federation that is not over."""

    def offer(self, proceeding: Proceeding) -> None:
        over = Meeting.objects.filter(day__lt=timezone.localdate())
        coming = Meeting.objects.filter(
            federation=proceeding.federation, body__in=proceeding.defers_to
        )
        self.queryset = coming.exclude(pk__in=over).select_related("federation")
