"""What a coordinator fills in to record a decision: the decision, and what follows from it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Body, Decision, Effect, EndReason, Meeting, Organisation
from federation.files.cleaning import ACCEPT
from federation.models import Federation, Status
from federation.texts import TextsFormField
from membership.forms.decisions import DayField
from membership.forms.guarded import CHOOSE, LineField, TextField
from membership.forms.picked import OrganisationField

MOST = 50  # effects of one decision
EFFECTS = "effects"

BODIES = [("", "–"), *Body.choices]
KINDS = [("", gettext_lazy("nothing")), *Effect.Kind.choices]
REASONS = [("", "–"), *(choice for choice in EndReason.choices if choice[0] != "change")]


class DecisionForm(forms.Form):
    """The decision itself. The body may be another one than the meeting's: it can delegate."""

    body = forms.ChoiceField(
        label=gettext_lazy("Who decided"), choices=BODIES, error_messages=CHOOSE
    )
    decided_on = DayField(label=gettext_lazy("Day of the decision"))
    meeting = forms.ModelChoiceField(
        Meeting.objects.none(), label=gettext_lazy("Meeting"), required=False
    )
    place = LineField(label=gettext_lazy("Place"), required=False, max_length=100)
    reference = LineField(
        label=gettext_lazy("Reference of the decision"),
        help_text=gettext_lazy("Its number in the minutes, for example."),
        required=False,
        max_length=100,
    )
    texts = TextsFormField(
        label=gettext_lazy("What was decided"),
        help_text=gettext_lazy(
            "Word for word, as far as everybody may read it. No names of people."
        ),
    )
    correction_note = LineField(
        label=gettext_lazy("What was wrong"),
        help_text=gettext_lazy("Everybody reads it beside both decisions."),
        max_length=500,
    )

    def __init__(
        self, *args: Any, federation: Federation, corrects: Decision | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        meeting: Any = self.fields["meeting"]
        meeting.queryset = Meeting.objects.filter(federation=federation).select_related(
            "federation"
        )
        if corrects is None:
            del self.fields["correction_note"]
        else:
            self.order_fields(["correction_note"])


class EffectForm(forms.Form):
    """One thing that follows from the decision, for one organisation."""

    kind = forms.ChoiceField(label=gettext_lazy("What follows"), choices=KINDS, required=False)
    organisation = OrganisationField(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Its name, or the address of its page in the directory."),
        required=False,
    )
    status = forms.ModelChoiceField(
        Status.objects.none(), label=gettext_lazy("Status"), required=False, to_field_name="slug"
    )
    on = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Left empty, from the day of the decision."),
        required=False,
    )
    until = DayField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Of a suspension: the first day without it, if it is fixed."),
        required=False,
    )
    reason = forms.ChoiceField(label=gettext_lazy("Why it ended"), choices=REASONS, required=False)
    other = OrganisationField(
        label=gettext_lazy("The other organisation"),
        help_text=gettext_lazy("Which it continues, merges into or was split from."),
        required=False,
    )
    waiver = LineField(
        label=gettext_lazy("Why a second one in the country is admitted"),
        required=False,
        max_length=300,
    )
    MAIN = ("kind", "organisation", "status", "on")

    def __init__(self, *args: Any, federation: Federation, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in ("organisation", "other"):
            fields[name].among = Organisation.objects.visible_to(user)
        fields["status"].queryset = federation.statuses.select_related("federation")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if any(given.values()) and not given.get("kind"):
            self.add_error("kind", _("Choose what follows."))
        if (
            given.get("kind")
            and not given.get("organisation")
            and "organisation" not in self.errors
        ):
            self.add_error("organisation", _("Name the organisation."))
        return given

    def main(self) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.MAIN)

    def further(self) -> Iterator[forms.BoundField]:
        """What some kinds of effect need."""
        names = (name for name in self.fields if name not in (*self.MAIN, "DELETE"))
        return (self[name] for name in names)

    def has_further(self) -> bool:
        return any(field.value() or field.errors for field in self.further())


class EffectSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Those of one decision. An empty one is none."""

    def clean(self) -> None:
        """What a browser never sends: nothing may be lost unseen."""
        if self.management_form.cleaned_data["TOTAL_FORMS"] < 0:
            raise ValidationError(_("Something was lost on the way. Please send it again."))

    def terms(self, day: Any) -> list[dict[str, Any]]:
        """What `directory.decisions.record` takes, in their order."""
        return [
            {name: value for name, value in given.items() if name != "DELETE" and value}
            | {"on": given["on"] or day}
            for form in self.filled
            for given in [form.cleaned_data]
        ]

    @property
    def filled(self) -> list[Any]:
        gone = self.deleted_forms
        return [form for form in self.forms if form not in gone and form.cleaned_data.get("kind")]


Effects = forms.formset_factory(
    EffectForm, formset=EffectSet, extra=1, max_num=MOST, absolute_max=MOST, validate_max=True,
    can_delete=True,
)  # fmt: skip


class DocumentForm(forms.Form):
    """Asked for last, beside the preview: a file cannot be given back with the page."""

    document = forms.FileField(
        label=gettext_lazy("Document"),
        help_text=gettext_lazy("The minutes, for example: PDF, JPEG, PNG, ODT or DOCX, 10 MB."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        required=False,
    )
    document_is_public = forms.BooleanField(
        label=gettext_lazy("Everybody may read the document"), required=False
    )


class SendBackForm(forms.Form):
    """Why the second person does not confirm what the first has prepared."""

    reason = TextField(
        label=gettext_lazy("Why you do not confirm it"),
        help_text=gettext_lazy("The coordinators of the federation read it."),
        max_length=5000,
    )


# --- what is written so far -----------------------------------------------------------------


def as_initial(form: forms.Form) -> dict[str, Any]:
    """What was typed, so that the same page can be shown again without judging it yet."""
    return {
        name: field.widget.value_from_datadict(form.data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }


def carried(data: QueryDict) -> list[tuple[str, str]]:
    """The same as hidden fields of the page that follows."""
    own = ("csrfmiddlewaretoken", "do", "document", "document_is_public")
    return [(name, value) for name, values in data.lists() if name not in own for value in values]


# --- a correction begins with what it corrects ----------------------------------------------


def words_of(decision: Decision) -> dict[str, Any]:
    names = ("body", "decided_on", "meeting", "place", "reference", "texts")
    return {name: getattr(decision, name) for name in names}


def effects_of(decision: Decision) -> list[dict[str, Any]]:
    rows = decision.effects.select_related("organisation", "other", "status")
    return [
        {
            **{name: getattr(row, name) for name in ("kind", "on", "until", "reason", "waiver")},
            "organisation": row.organisation.slug,
            "other": row.other.slug if row.other else "",
            "status": row.status.slug if row.status else "",
        }
        for row in rows
    ]


# --- and so does what was prepared and came back -------------------------------------------


def words_prepared(terms: dict[str, Any]) -> dict[str, Any]:
    return {name: terms[name] for name in DecisionForm.base_fields if name in terms}


def effects_prepared(terms: dict[str, Any]) -> list[dict[str, Any]]:
    shown = {"organisation", "other", "status"}
    return [
        {name: value.slug if name in shown else value for name, value in effect.items()}
        for effect in terms["effects"]
    ]
