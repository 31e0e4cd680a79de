"""What a coordinator or secretary fills in to make a move; one form for each verb."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from directory.models import Decision
from federation.models import plausible_date
from membership.forms.following import SeenForm
from membership.forms.guarded import CHOOSE, FILL_IN, LineField, TextField
from membership.models import AffiliationRequest, MembershipApplication


class DayField(forms.DateField):
    """A day, refused where no union can have done anything."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d"],
            validators=[plausible_date],
            error_messages=FILL_IN | {"invalid": gettext_lazy("Write the date as 2016-03-12.")},
            **kwargs,
        )


class MoveForm(SeenForm):
    """`terms` is what the verb of the workflow takes besides who makes the move."""

    def __init__(self, *args: Any, filing: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filing = filing
        self.initial.setdefault("seen", filing.step)

    @property
    def terms(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class QuestionForm(MoveForm):
    note = TextField(
        label=gettext_lazy("Your question"),
        help_text=gettext_lazy("The applicant reads it word for word. Your name is not shown."),
        max_length=5000,
    )


class ReasonForm(MoveForm):
    note = TextField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The applicant reads it word for word. Your name is not shown."),
        max_length=5000,
    )


class NoteForm(MoveForm):
    note = TextField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("The applicant reads it word for word."),
        required=False,
        max_length=5000,
    )


class DeferForm(ReasonForm):
    until = DayField(
        label=gettext_lazy("Day of the congress"),
        help_text=gettext_lazy("If it is known already."),
        required=False,
    )
    field_order = ("until", "note")


class AcceptRequestForm(NoteForm):
    body = forms.ChoiceField(
        label=gettext_lazy("Who decided"),
        choices=Decision.Body.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    decided_on = DayField(label=gettext_lazy("Day of the decision"))
    place = LineField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Where the body met, if it did."),
        required=False,
        max_length=100,
    )
    reference = LineField(
        label=gettext_lazy("Reference of the decision"),
        help_text=gettext_lazy("Its number in the minutes, for example."),
        required=False,
        max_length=100,
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status given"), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    since = DayField(
        label=gettext_lazy("The status begins on"),
        help_text=gettext_lazy("Left empty, it begins on the day of the decision."),
        required=False,
    )
    field_order = ("body", "decided_on", "place", "reference", "status", "since", "note")

    def __init__(self, *args: Any, filing: AffiliationRequest, **kwargs: Any) -> None:
        super().__init__(*args, filing=filing, **kwargs)
        self.statuses = {
            status.slug: status
            for status in filing.federation.statuses.select_related("federation")
        }
        field: Any = self.fields["status"]
        field.choices = [(slug, status.label) for slug, status in self.statuses.items()]
        self.initial.setdefault("status", filing.status.slug)

    @property
    def terms(self) -> dict[str, Any]:
        terms = super().terms
        return {**terms, "status": self.statuses[terms["status"]]}


class AcceptApplicationForm(NoteForm):
    since = DayField(
        label=gettext_lazy("Member since"),
        help_text=gettext_lazy("Left empty, the membership begins today."),
        required=False,
    )
    field_order = ("since", "note")

    def __init__(self, *args: Any, filing: MembershipApplication, **kwargs: Any) -> None:
        super().__init__(*args, filing=filing, **kwargs)
