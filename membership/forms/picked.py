"""Fields in which an organisation, a status or a meeting is picked for a proceeding."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from directory.models import Meeting, Organisation
from federation.models import Status
from membership.forms.guarded import LineField
from membership.forms.questions import worded
from membership.forms.request import organisation_at
from membership.models import Proceeding


class PageField(LineField):
    """An organisation of the directory, given by the address of its page."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "dir": "ltr"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=500, **kwargs)

    def clean(self, value: Any) -> Organisation | None:
        text = super().clean(value)
        found = organisation_at(text) if text else None
        if text and found is None:
            raise ValidationError(_("There is no organisation at this address in the directory."))
        return found


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
