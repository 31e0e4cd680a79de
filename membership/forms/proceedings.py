"""What is filled in to open a proceeding and to make its moves; one form for each verb."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from directory.models import Body, Meeting, Organisation
from directory.models.keepers import SECRETARY
from membership.forms.decisions import DayField
from membership.forms.following import SeenForm
from membership.forms.guarded import CHOOSE, LineField, TextField
from membership.forms.picked import MeetingField, OrganisationField, StatusField
from membership.forms.request import organisation_at
from membership.models import Proceeding
from membership.proceedings import leaving
from membership.proceedings.demands import who_decides
from membership.proceedings.outcomes import NEXT, OUTCOMES, Outcome, Verdict

PARTS = 10
UPHELD = gettext_lazy("the appeal succeeds: it has its status again")
BOTH_READ = gettext_lazy("The organisation reads it word for word. Your name is not shown.")


class OpenForm(forms.Form):
    """Opens a proceeding of one kind. `office` is that of whoever fills it in."""

    other = OrganisationField(
        label=gettext_lazy("The other organisation"),
        help_text=gettext_lazy("Its name, or the address of its page in the directory."),
    )
    status = StatusField(label=gettext_lazy("Status wanted"), error_messages=CHOOSE)
    assembly = LineField(
        label=gettext_lazy("Who decided it"),
        help_text=gettext_lazy("For example: the general assembly of 12 March."),
        max_length=200,
    )
    wanted_on = DayField(
        label=gettext_lazy("From which day on"),
        help_text=gettext_lazy("The first day on which it is so. It may lie ahead."),
    )
    grounds = TextField(label=gettext_lazy("Grounds"), max_length=5000)

    def __init__(self, *args: Any, kind: str, office: str, statuses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if kind in Proceeding.NEEDS_OTHER:
            fields["other"].among = Organisation.objects.listed()
        else:
            del fields["other"]
        if kind == Proceeding.Kind.CHANGE:
            fields["status"].offer(statuses)
        else:
            del fields["status"]
        if office == SECRETARY:
            fields["grounds"].help_text = _("The coordinators of the federation read it.")
        else:
            fields["grounds"].help_text = _("The secretaries of the organisation read it.")
            fields["assembly"].required = fields["wanted_on"].required = False
            fields["assembly"].label = _("Who asked for it")


class ProceedingForm(SeenForm):
    """`terms` is what the verb of the workflow takes besides who makes the move."""

    def __init__(self, *args: Any, proceeding: Proceeding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proceeding = proceeding
        self.initial.setdefault("seen", proceeding.step)

    @property
    def terms(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class HearForm(ProceedingForm):
    until = DayField(
        label=gettext_lazy("It may speak until"),
        help_text=gettext_lazy("Before that day is over nothing can be decided, unless it spoke."),
    )
    note = TextField(
        label=gettext_lazy("What it is asked to speak to"), help_text=BOTH_READ, max_length=5000
    )


class SpeakForm(ProceedingForm):
    note = TextField(
        label=gettext_lazy("Statement of the organisation"),
        help_text=gettext_lazy(
            "Those who decide read it word for word. Once it is given they may decide."
        ),
        max_length=5000,
    )


class OtherForm(ProceedingForm):
    note = TextField(
        label=gettext_lazy("Who decided it, and what"),
        help_text=gettext_lazy(
            "For example: the general assembly of 12 March. The organisation that it is about and "
            "those who decide read it word for word."
        ),
        max_length=5000,
    )


class AttestForm(ProceedingForm):
    note = TextField(
        label=gettext_lazy("How it was asked, and what it answered"),
        help_text=BOTH_READ,
        max_length=5000,
    )


class AppealForm(ProceedingForm):
    note = TextField(
        label=gettext_lazy("Grounds of the appeal"),
        help_text=gettext_lazy("Those who decide read it word for word."),
        max_length=5000,
    )


class NoteForm(ProceedingForm):
    note = TextField(
        label=gettext_lazy("Note"), help_text=BOTH_READ, required=False, max_length=5000
    )


class ReasonForm(ProceedingForm):
    note = TextField(label=gettext_lazy("Reason"), help_text=BOTH_READ, max_length=5000)


class RetractForm(ProceedingForm):
    note = TextField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The coordinators of the federation read it."),
        required=False,
        max_length=5000,
    )


class DeferForm(ReasonForm):
    meeting = MeetingField(
        label=gettext_lazy("Meeting"), queryset=Meeting.objects.none(), error_messages=CHOOSE
    )
    field_order = ("meeting", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["meeting"]
        field.offer(self.proceeding)


class DecideForm(ProceedingForm):
    """What a body decided, and the record of it. Only what this kind can need is asked."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What was decided about the organisation"),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    body = forms.ChoiceField(
        label=gettext_lazy("Who decided"),
        choices=Body.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    decided_on = DayField(label=gettext_lazy("Day of the decision"))
    on = DayField(
        label=gettext_lazy("First day on which it is so"),
        help_text=gettext_lazy("Left empty, it is the day of the decision. It may lie ahead."),
        required=False,
    )
    until = DayField(
        label=gettext_lazy("If suspended: first day without the suspension"),
        help_text=gettext_lazy("Left empty, it lasts until a body ends it."),
        required=False,
    )
    leads_to = forms.ChoiceField(
        label=gettext_lazy("If suspended: what a meeting has to decide then"),
        required=False,
    )
    meeting = MeetingField(
        label=gettext_lazy("That meeting"), queryset=Meeting.objects.none(), required=False
    )
    status = StatusField(label=gettext_lazy("Status"), required=False)
    parts = forms.CharField(
        label=gettext_lazy("More organisations that came out of it"),
        help_text=gettext_lazy("The addresses of their pages in this directory, one in each line."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr"}),
    )
    ends = forms.BooleanField(
        label=gettext_lazy("The organisation that split exists no longer: its affiliation ends"),
        required=False,
    )
    waiver = LineField(
        label=gettext_lazy("Why a second one in the country has this status"),
        help_text=gettext_lazy(
            "Only where there is one for each country, and the body decided so."
        ),
        required=False,
        max_length=300,
    )
    place = LineField(label=gettext_lazy("Place"), required=False, max_length=100)
    reference = LineField(
        label=gettext_lazy("Reference of the decision"),
        help_text=gettext_lazy("Its number in the minutes, for example."),
        required=False,
        max_length=100,
    )
    text = TextField(
        label=gettext_lazy("Text of the decision"),
        help_text=gettext_lazy("Everybody can read it. Name no person."),
        required=False,
        max_length=5000,
    )
    note = TextField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The organisation alone reads it. Your name is not shown."),
        required=False,
        max_length=5000,
    )
    VERDICT = ("outcome", "decided_on", "on", "until", "status", "waiver", "parts", "ends")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about, fields = self.proceeding, self.fields
        outcomes = OUTCOMES[about.kind]
        given: Any = fields
        given["outcome"].choices = [(one.value, one.label) for one in outcomes]
        ended = about.ended_bond
        if ended is not None:  # an appeal
            given["outcome"].choices = [
                (one.value, UPHELD if one == Outcome.KEEP else one.label) for one in outcomes
            ]
        self.initial.setdefault("outcome", outcomes[0])
        self.initial.setdefault("body", leaving.first_body(about))
        given["body"].help_text = " ".join(who_decides(about))
        self.initial.setdefault("on", ended.until if ended else about.wanted_on)
        self._keep_what_is_needed(set(outcomes))
        if "status" in fields:
            nothing = "" if Outcome.CHANGE in outcomes else _("as it is now, or none")
            statuses = about.federation.statuses.select_related("federation")
            given["status"].offer(statuses, nothing)
            self.initial.setdefault("status", about.status.slug if about.status else "")
        if "meeting" in fields:
            given["meeting"].offer(about)
            kinds = [(kind.value, kind.label) for kind in NEXT]
            given["leads_to"].choices = [("", _("nothing else")), *kinds]

    def _keep_what_is_needed(self, outcomes: set[Outcome]) -> None:
        own = self.proceeding.is_own_withdrawal
        passes_on = {Outcome.CHANGE, Outcome.MERGE, Outcome.CONTINUE, Outcome.SPLIT}
        wanted = {
            "on": not own,
            "until": Outcome.SUSPEND in outcomes,
            "leads_to": Outcome.SUSPEND in outcomes,
            "meeting": Outcome.SUSPEND in outcomes,
            "status": bool(passes_on & outcomes),
            "waiver": bool(passes_on & outcomes),
            "parts": Outcome.SPLIT in outcomes,
            "ends": Outcome.SPLIT in outcomes,
        }
        for name, is_wanted in wanted.items():
            if not is_wanted:
                del self.fields[name]

    def clean_parts(self) -> tuple[Organisation, ...]:
        lines = [line.strip() for line in self.cleaned_data["parts"].splitlines() if line.strip()]
        found = [organisation_at(line) for line in lines[:PARTS]]
        if None in found or len(lines) > PARTS:
            raise ValidationError(_("There is no organisation at this address in the directory."))
        return tuple(one for one in found if one is not None)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("outcome") == Outcome.CHANGE and not given.get("status"):
            self.add_error("status", _("Please choose one."))
        return given

    @property
    def terms(self) -> dict[str, Any]:
        given = super().terms
        verdict = {name: given.pop(name) for name in self.VERDICT if name in given}
        if "text" in given:
            given["texts"] = {get_language() or "en": given.pop("text")}
        return {**given, "verdict": Verdict(**verdict)}
