"""What a coordinator or secretary fills in to make a move; one form for each verb.

A form asks no more than the procedure of the request leaves open.
"""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.decisions import others_in_country
from directory.models import Body, Decision, Meeting
from directory.models.decisions import has_come
from federation.files import keeping
from federation.files.cleaning import Clean
from federation.files.refusals import NotTaken
from federation.models import plausible_date
from federation.texts import listed
from membership.desk import meetings
from membership.forms.following import SeenForm
from membership.forms.guarded import CHOOSE, FILL_IN, LineField, TextField
from membership.models import AffiliationRequest, MembershipApplication, Procedure


class DayField(forms.DateField):
    """A day, refused where no union can have done anything."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})

    def __init__(self, *, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d"],
            validators=[plausible_date, *validators],
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


# --- putting off ----------------------------------------------------------------------------


class DeferForm(ReasonForm):
    """One of the coming meetings that the procedure allows, or one that nobody has noted yet."""

    ANOTHER = "another"

    meeting = forms.ChoiceField(
        label=gettext_lazy("To which meeting"), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    body = forms.ChoiceField(
        label=gettext_lazy("If another one: of which body"),
        widget=forms.RadioSelect,
        required=False,
    )
    day = DayField(
        label=gettext_lazy("If another one: its day"),
        help_text=gettext_lazy("Left empty while it is not fixed."),
        required=False,
    )
    place = LineField(
        label=gettext_lazy("If another one: its place"), required=False, max_length=100
    )
    field_order = ("meeting", "body", "day", "place", "note")

    def __init__(self, *args: Any, filing: AffiliationRequest, **kwargs: Any) -> None:
        super().__init__(*args, filing=filing, **kwargs)
        bodies = filing.defers_to
        coming = meetings.coming(filing.federation, bodies)
        self.coming: dict[str, Meeting] = {str(meeting.pk): meeting for meeting in coming}
        fields: Any = self.fields
        fields["meeting"].choices = [
            *((pk, str(meeting)) for pk, meeting in self.coming.items()),
            (self.ANOTHER, _("another one, which is not in this list")),
        ]
        fields["body"].choices = [
            (body, Body(body).label) for body in Body.values if body in bodies
        ]
        if not self.coming:
            self.initial.setdefault("meeting", self.ANOTHER)
        if len(bodies) == 1:
            self.initial.setdefault("body", bodies[0])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        day = given.get("day")
        if given.get("meeting") == self.ANOTHER:
            if not given.get("body") and "body" not in self.errors:
                self.add_error("body", _("Say which body meets."))
            if day and day < timezone.localdate():
                self.add_error("day", _("This day is over."))
        return given

    @property
    def terms(self) -> dict[str, Any]:
        terms = super().terms
        chosen = terms.pop("meeting")
        if chosen == self.ANOTHER:
            return terms
        for name in ("body", "day", "place"):
            terms.pop(name, None)
        return {**terms, "meeting": self.coming[chosen]}


# --- deciding -------------------------------------------------------------------------------


class DocumentField(forms.FileField):
    """The minutes, for example: proven by content and written anew."""

    widget = forms.FileInput

    def clean(self, data: Any, initial: Any = None) -> Clean | None:
        upload: UploadedFile | None = super().clean(data, initial)
        if not upload:
            return None
        try:
            return keeping.cleaned(upload)
        except NotTaken as refusal:
            raise ValidationError(str(refusal)) from refusal


class DecisionForm(MoveForm):
    """What the minutes say about a decision; which body, where the procedure names none."""

    body = forms.ChoiceField(
        label=gettext_lazy("Who decided"),
        choices=Decision.Body.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    decided_on = DayField(label=gettext_lazy("Day of the decision"), validators=[has_come])
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
    document = DocumentField(
        label=gettext_lazy("Document"),
        help_text=gettext_lazy("For example the minutes: PDF, ODT, DOCX, JPEG or PNG, 10 MB."),
        required=False,
    )

    def __init__(self, *args: Any, filing: AffiliationRequest, **kwargs: Any) -> None:
        super().__init__(*args, filing=filing, **kwargs)
        self.body = filing.deciding_body
        if self.body:
            del self.fields["body"]
        meeting = filing.meeting
        if meeting is not None and meeting.day and meeting.day <= timezone.localdate():
            self.initial.setdefault("body", meeting.body)
            self.initial.setdefault("decided_on", meeting.day)
            self.initial.setdefault("place", meeting.place)

    @property
    def body_label(self) -> str:
        """The body that decides by the procedure, in words; empty if it names none."""
        return str(Body(self.body).label) if self.body else ""


class DeclineRequestForm(ReasonForm, DecisionForm):
    field_order = ("note", "body", "decided_on", "place", "reference", "document")

    def __init__(self, *args: Any, filing: AffiliationRequest, **kwargs: Any) -> None:
        super().__init__(*args, filing=filing, **kwargs)
        if "body" in self.fields:
            self.fields["body"].required = False
            self.initial.setdefault("body", Body.SECRETARIAT)
        self.fields["decided_on"].required = False
        self.fields["decided_on"].help_text = _("Left empty, it was decided today.")


class AcceptRequestForm(NoteForm, DecisionForm):
    status = forms.ChoiceField(
        label=gettext_lazy("Status given"), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    since = DayField(
        label=gettext_lazy("The status begins on"),
        help_text=gettext_lazy("Left empty, it begins on the day of the decision."),
        required=False,
    )
    waiver = LineField(
        label=gettext_lazy("Why a second one in the country is admitted"),
        required=False,
        max_length=300,
    )
    field_order = (
        "body", "decided_on", "place", "reference", "document", "status", "since", "waiver", "note"
    )  # fmt: skip

    def __init__(self, *args: Any, filing: AffiliationRequest, **kwargs: Any) -> None:
        super().__init__(*args, filing=filing, **kwargs)
        self.statuses = {
            status.slug: status
            for status in filing.federation.statuses.select_related("federation")
        }
        field: Any = self.fields["status"]
        field.choices = [(slug, status.label) for slug, status in self.statuses.items()]
        self.initial.setdefault("status", filing.status.slug)
        if filing.procedure.effective != Procedure.Effective.CHOSEN:
            del self.fields["since"]
        self.others = self._others(filing, timezone.localdate())
        if self.others:
            self.fields["waiver"].help_text = _(
                "There is one for each country, and in this one there is %(others)s already. "
                "Say why a second one is admitted, if the body has decided so."
            ) % {"others": listed(self._names())}
        else:
            del self.fields["waiver"]

    def _others(self, filing: AffiliationRequest, today: datetime.date) -> dict[str, list[Any]]:
        """By status, those that hold the one place of the country."""
        if filing.organisation is None:
            return {}
        found = {
            slug: others_in_country(filing.organisation, status, today)
            for slug, status in self.statuses.items()
        }
        return {slug: others for slug, others in found.items() if others}

    def _names(self) -> list[str]:
        return sorted({other.name for others in self.others.values() for other in others})

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        needs_waiver = given.get("status") in self.others and "waiver" not in self.errors
        if needs_waiver and not given.get("waiver", "").strip():
            self.add_error("waiver", _("There is one for each country: say why a second one."))
        return given

    @property
    def terms(self) -> dict[str, Any]:
        terms = super().terms
        if terms["status"] not in self.others:
            terms.pop("waiver", None)
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
