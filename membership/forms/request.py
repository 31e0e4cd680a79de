"""How an application for a status begins, and the question whether it stands here already."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Affiliation, Organisation
from federation.models import Federation
from federation.texts import listed
from membership.forms.choices import country_choices
from membership.forms.guarded import CHOOSE, FILL_IN, GuardedForm, LineField
from membership.forms.questions import worded
from membership.models import AffiliationRequest
from membership.requests import drafts, sections

ANOTHER = "another"
NOBODY = "nobody"


def name_field() -> LineField:
    return LineField(
        label=gettext_lazy("Name of the organisation"),
        help_text=gettext_lazy("In its own language and script, as you write it yourselves."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy(
            "Our letters go there, and a code with which you come back to the request from "
            "any device."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        error_messages=FILL_IN,
    )


class StatusField(forms.ChoiceField):
    """One of the statuses that a federation may be asked for; filled by `offer`."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("Status asked for"), error_messages=CHOOSE, **kwargs)

    def offer(self, statuses: list[Any]) -> None:
        self.choices = [(status.slug, worded(status.label)) for status in statuses]


class BeginForm(GuardedForm):
    """The little that is needed to begin: what is asked for, by whom, and where letters go."""

    status = StatusField()
    name = name_field()
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Where its seat is. You can add further countries later."),
        error_messages=CHOOSE,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    email = email_field()

    def __init__(self, *args: Any, federation: Federation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statuses = {status.slug: status for status in sections.open_statuses(federation)}
        fields: dict[str, Any] = self.fields
        fields["status"].offer(list(self.statuses.values()))
        fields["country"].choices = [("", _("Choose a country")), *country_choices()]
        if len(self.statuses) == 1:
            del fields["status"]

    def groups(self) -> list[Any]:
        """Each question for itself, without headings."""
        names = [name for name in ("status", "name", "country", "email") if name in self.fields]
        return [("", [self[name] for name in names])]

    def fill(self, draft: Any) -> None:
        """Write what was entered into the draft, without saving it; the rest of it stays."""
        given = self.cleaned_data
        wanted = self.statuses[given["status"]] if "status" in given else self._only_status()
        if draft.status_id is None:
            draft.status, draft.answers = wanted, {}
        drafts.ask_for(draft, wanted)
        countries = draft.answers.get("countries", [])
        draft.email = given["email"]
        draft.answers = {
            **draft.answers,
            "name": given["name"],
            "countries": countries if given["country"] in countries else [given["country"]],
        }

    def _only_status(self) -> Any:
        return next(iter(self.statuses.values()))


class NamesakesForm(forms.Form):
    """Is this you? The applicant is one of those that stand here, or none of them."""

    who = forms.ChoiceField(
        label=gettext_lazy("Is your organisation one of these?"),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    page = LineField(
        label=gettext_lazy("Address of your page in this directory"),
        help_text=gettext_lazy("Only if you chose that you stand there under another name."),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "dir": "ltr"}),
    )

    def __init__(
        self,
        *args: Any,
        draft: AffiliationRequest,
        found: list[Organisation],
        visitor: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.draft, self.found, self.visitor = draft, found, visitor
        fields: dict[str, Any] = self.fields
        fields["who"].choices = [
            *((one.slug, _described(one, draft)) for one in found),
            (ANOTHER, _("We stand in the directory under another name")),
            (NOBODY, _("No, we are none of these") if found else _("No, we are not there yet")),
        ]
        if not found:
            fields["who"].label = _("Does your organisation stand in this directory?")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        who = answers.get("who")
        if who == ANOTHER and not answers.get("page") and "page" not in self.errors:
            self.add_error("page", _("Please fill this in."))
        elif who and who != NOBODY and not self.errors:
            at_fault = "page" if who == ANOTHER else "who"
            organisation = organisation_at(answers["page"] if who == ANOTHER else who)
            wrong = why_not(self.draft, organisation, self.visitor)
            if wrong:
                self.add_error(at_fault, wrong)
            self.organisation = organisation
        return answers

    @property
    def slug(self) -> str:
        """Of the organisation that the applicant is; empty if it is none of the directory."""
        chosen = self.cleaned_data["who"] != NOBODY
        return self.organisation.slug if chosen and self.organisation else ""


def why_not(draft: AffiliationRequest, organisation: Organisation | None, visitor: Any) -> str:
    """Why the applicant cannot ask in the name of this organisation; empty if it can."""
    if organisation is None:
        return _("There is no organisation at this address in the directory.")
    kept = Organisation.objects.filter(pk=organisation.pk).with_secretary()
    if kept.exists() and not kept.kept_by(visitor).exists():
        return _("This organisation has a secretary here: only they can ask, signed in.")
    bonds = Affiliation.objects.not_ended().filter(organisation=organisation)
    if bonds.filter(status=draft.status).exists():
        return _("The organisation already has this status.")
    if organisation.kind not in draft.procedure.open_to:
        return _("The federation does not take an organisation of this kind for this status.")
    return ""


def organisation_at(text: str) -> Organisation | None:
    """The public organisation at an address of this site, given whole or by its last part."""
    try:
        parts = [part for part in urlsplit(text).path.split("/") if part]
    except ValueError:
        return None
    if "organisations" in parts[:-1]:
        parts = [parts[parts.index("organisations") + 1]]
    if len(parts) != 1 or not re.fullmatch(r"[-a-zA-Z0-9_]{1,80}", parts[0]):
        return None
    return sections.entry_at(parts[0])


def _described(organisation: Organisation, draft: AffiliationRequest) -> Any:
    """Its name and place; and that it is another one perhaps, if it is in another country."""
    countries = [] if organisation.is_shielded else list(organisation.countries.all())
    town = [] if organisation.is_shielded or not organisation.city else [organisation.city]
    place = listed([*town, *(country.name for country in countries)])
    codes = {country.code for country in countries}
    elsewhere = codes and not codes & set(draft.answers.get("countries", []))
    note = _("in another country, where the name may be that of others") if elsewhere else ""
    return format_html(
        '<span><bdi lang="{}">{}</bdi><br><span class="meta">{}{}{}</span></span>',
        organisation.language, organisation.name, place, " · " if place and note else "", note,
    )  # fmt: skip
