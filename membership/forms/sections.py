"""The parts of a request for a status, one form and one page for each."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Organisation
from membership.forms import questions
from membership.forms.described import AboutForm, OrganisationForm, WhereForm
from membership.forms.guarded import CHOOSE, LineField
from membership.forms.request import StatusField, email_field
from membership.forms.section import SectionForm
from membership.models import AffiliationRequest
from membership.requests import sections, sponsoring


class StatusForm(SectionForm):
    key = "status"

    status = StatusField()

    def arrange(self) -> None:
        statuses = sections.open_statuses(self.draft.federation)
        self.fields["status"].offer(statuses)  # type: ignore[attr-defined]

    def answers(self) -> dict[str, Any]:
        return {"status": self.cleaned_data["status"]} if self.cleaned_data["status"] else {}


class QuestionsForm(SectionForm):
    """What this federation wants to know besides."""

    key = "questions"

    def arrange(self) -> None:
        self.questions = {
            questions.name_of(question): question for question in sections.questions_of(self.draft)
        }
        for name, question in self.questions.items():
            self.fields[name] = questions.field_of(question)

    def initial_of(self, name: str) -> Any:
        question = self.questions.get(name)
        return (self.draft.answers.get("questions") or {}).get(question.key) if question else None

    def answers(self) -> dict[str, Any]:
        given = {
            question.key: questions.stored(question, self.cleaned_data[name])
            for name, question in self.questions.items()
        }
        return {"questions": {key: value for key, value in given.items() if value is not None}}


class SponsorsForm(SectionForm):
    """The sections that vouch for the organisation; they are asked when the request is sent."""

    key = "sponsors"

    def arrange(self) -> None:
        self.offered = sponsors_of(self.draft)
        offered = [(slug, name) for slug, name in self.offered.items()]
        for number in range(1, self.draft.procedure.sponsors + 1):
            self.fields[f"sponsor_{number}"] = forms.ChoiceField(
                label=_("Section %(number)s") % {"number": number},
                choices=[("", _("Choose a section")), *offered],
                error_messages=CHOOSE,
            )

    def initial_of(self, name: str) -> Any:
        named = self.draft.answers.get("sponsors") or []
        number = int(name.rpartition("_")[2]) if name.startswith("sponsor_") else 0
        return named[number - 1] if 0 < number <= len(named) else None

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        seen: set[str] = set()
        for name in [name for name in self.fields if name != "mark"]:
            slug = answers.get(name, "")
            if slug and slug in seen:
                self.add_error(name, _("You have named this section already."))
            seen.add(slug)
        return answers

    def answers(self) -> dict[str, Any]:
        return {"sponsors": [slug for slug in super().answers().values() if slug]}


class AnotherSponsorForm(forms.Form):
    """One more, after the request was sent: another has not answered, or has refused."""

    def __init__(self, *args: Any, filing: AffiliationRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = filing.sponsorships.values("organisation")
        self.offered = {one.slug: one for one in sponsoring.eligible(filing).exclude(pk__in=named)}
        choices = [(slug, one.name) for slug, one in self.offered.items()]
        self.fields["sponsor"] = forms.ChoiceField(
            label=_("Section"),
            choices=[("", _("Choose a section")), *choices],
            error_messages=CHOOSE,
        )

    @property
    def chosen(self) -> Organisation:
        return self.offered[self.cleaned_data["sponsor"]]


class AgreementForm(SectionForm):
    key = "agreement"

    agrees = forms.BooleanField()

    def arrange(self) -> None:
        federation = self.draft.federation.name
        self.statement = self.draft.procedure.statement
        self.fields["agrees"].label = (
            _("The organisation agrees with this statement.")
            if self.statement
            else _(
                "The organisation knows what %(federation)s is and works for, and agrees with "
                "its aims."
            )
            % {"federation": federation}
        )


class ContactForm(SectionForm):
    key = "contact"

    contact_name = LineField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("Only the coordinators of the federation see it."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_role = LineField(
        label=gettext_lazy("Your task in the organisation"),
        help_text=gettext_lazy("For example: secretary, delegate."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    email = email_field()

    def answers(self) -> dict[str, Any]:
        given = super().answers()
        # Without an address there would be no way back: the one it began with stays.
        return {**given, "email": given["email"] or self.draft.email}


FORMS: dict[str, type[SectionForm]] = {
    form.key: form
    for form in (
        StatusForm, OrganisationForm, WhereForm, AboutForm, QuestionsForm, SponsorsForm,
        AgreementForm, ContactForm,
    )
}  # fmt: skip


def sponsors_of(draft: AffiliationRequest) -> dict[str, str]:
    """The public sections of the federation, by name: those that can vouch."""
    return dict(sponsoring.eligible(draft).values_list("slug", "name"))
