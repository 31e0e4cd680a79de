"""The small forms of coordinators among themselves."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Meeting
from federation.models import Federation, User
from membership.desk import teamwork
from membership.forms.decisions import DayField
from membership.forms.guarded import LineField, TextField
from membership.models import AffiliationRequest


class ShelfForm(forms.Form):
    """A name for what the list shows now."""

    name = LineField(label=gettext_lazy("Name"), max_length=60)


class RequestNoteForm(forms.Form):
    text = TextField(
        label=gettext_lazy("Note for the coordinators"),
        help_text=gettext_lazy("The applicant never sees it."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AssignForm(forms.Form):
    """To whom; `was` is who had it when the page was opened."""

    NOBODY = "nobody"

    to = forms.ChoiceField(label=gettext_lazy("Taken on by"))
    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, filing: AffiliationRequest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people_of([filing.federation])
        field: Any = self.fields["to"]
        field.choices = [(self.NOBODY, _("nobody")), *choices_of(self.people, user)]
        had = filing.assigned_to_id  # type: ignore[attr-defined]
        self.initial.setdefault("to", str(had) if had else self.NOBODY)
        self.initial.setdefault("was", str(had or ""))

    @property
    def person(self) -> User | None:
        return self.people.get(self.cleaned_data["to"])


def people_of(federations: list[Federation]) -> dict[str, User]:
    """The coordinators of all of these, by the id of their account."""
    found = [person for one in federations for person in teamwork.coordinators(one)]
    return {str(person.pk): person for person in found}


def choices_of(people: dict[str, User], user: User) -> list[tuple[str, str]]:
    """Oneself first, and called so."""
    others = [(pk, teamwork.called(one)) for pk, one in people.items() if one != user]
    me = [(str(user.pk), _("me"))] if str(user.pk) in people else []
    return [*me, *others]


class MeetingForm(forms.ModelForm):
    """A meeting; of which federation is asked only where the person coordinates several."""

    federation = forms.ChoiceField(label=gettext_lazy("Federation"))
    day = DayField(
        label=gettext_lazy("Day"),
        help_text=gettext_lazy("Left empty while it is not fixed."),
        required=False,
    )
    ends_on = DayField(label=gettext_lazy("Last day"), required=False)
    place = LineField(label=gettext_lazy("Place"), required=False, max_length=100)
    field_order = ("federation", "body", "titles", "day", "ends_on", "place")

    class Meta:
        model = Meeting
        fields = ("body", "titles", "day", "ends_on", "place")

    def __init__(self, *args: Any, mine: list[Federation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mine = {one.slug: one for one in mine}
        for name in ("body", "titles"):
            self.fields[name].label = capfirst(str(self.fields[name].label))
        if self.instance.pk and _has_a_list(self.instance):
            del self.fields["body"]
        if self.instance.pk or len(mine) == 1:
            del self.fields["federation"]
        else:
            field: Any = self.fields["federation"]
            field.choices = [(one.slug, str(one)) for one in mine]
        if not self.instance.pk and len(mine) == 1:
            self.instance.federation = mine[0]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("ends_on") and not given.get("day") and "day" not in self.errors:
            self.add_error("day", _("Say on which day it begins."))
        if slug := given.get("federation"):
            self.instance.federation = self.mine[slug]
        return given


def _has_a_list(meeting: Meeting) -> bool:
    """Whether anything was put off to it, or decided there: by that body, and no other."""
    return any(rows.exists() for rows in (meeting.requests, meeting.proceedings, meeting.decisions))
