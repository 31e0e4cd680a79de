"""The form of an organisation that asks a federation for a status."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Affiliation, Organisation
from federation.models import Federation, web_url
from federation.models.fields import partial_date
from membership.forms.choices import CountriesField, language_choices
from membership.forms.guarded import CHOOSE, FILL_IN, GuardedForm, LineField, TextField
from membership.models import AffiliationRequest


class RequestForm(GuardedForm):
    """Filled in by anybody who may speak for an organisation; it needs no account."""

    GROUPS = (
        (
            gettext_lazy("The organisation"),
            ("name", "language", "acronym", "kind", "countries", "city", "website", "founded"),
        ),
        (gettext_lazy("What it is and does"), ("description", "members", "page")),
        (gettext_lazy("What you ask for"), ("status", "agrees")),
        (gettext_lazy("Whom we write to"), ("contact_name", "contact_role", "email")),
    )

    name = LineField(
        label=gettext_lazy("Name of the organisation"),
        help_text=gettext_lazy("In its own language and script, as you write it yourselves."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of this name"), required=False)
    acronym = LineField(
        label=gettext_lazy("Acronym"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"size": "12", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of organisation"),
        choices=Organisation.Kind.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    countries = CountriesField(
        label=gettext_lazy("Countries in which it is active"),
        help_text=gettext_lazy(
            "If there are more than three, come back to this form for more lists."
        ),
        error_messages=CHOOSE,
    )
    city = LineField(
        label=gettext_lazy("Town"),
        help_text=gettext_lazy(
            "Where it has its seat. Leave it empty if that should not be known."
        ),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        required=False,
        max_length=500,
        validators=[web_url],
        assume_scheme="https",
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url", "dir": "ltr"}),
    )
    founded = LineField(
        label=gettext_lazy("Founded"),
        help_text=gettext_lazy("As exactly as you know it: 2016, 2016-03 or 2016-03-12."),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"size": "12", "autocomplete": "off"}),
    )
    description = TextField(
        label=gettext_lazy("Describe the organisation"),
        help_text=gettext_lazy(
            "Who is organised in it, how it decides and what it has done. If you are accepted, "
            "this stands on its public page."
        ),
        max_length=5000,
    )
    members = forms.IntegerField(
        label=gettext_lazy("Number of members"),
        help_text=gettext_lazy("Only the federation sees it. A careful estimate will do."),
        required=False,
        min_value=1,
        max_value=100_000_000,
        widget=forms.TextInput(attrs={"size": "12", "inputmode": "numeric", "autocomplete": "off"}),
    )
    page = LineField(
        label=gettext_lazy("Address of your page in this directory"),
        help_text=gettext_lazy(
            "If the organisation already stands here. Otherwise leave it empty."
        ),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "dir": "ltr"}),
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status asked for"), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    agrees = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the box if the organisation agrees.")}
    )
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
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("A code goes there before anything is sent, and all later letters."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
        error_messages=FILL_IN,
    )

    def __init__(
        self, *args: Any, federation: Federation, visitor: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.federation = federation
        self.visitor = visitor
        self.statuses = {status.slug: status for status in open_statuses(federation)}
        fields: dict[str, Any] = self.fields
        fields["language"].choices = [("", _("I do not know")), *language_choices()]
        fields["status"].choices = [(slug, status.label) for slug, status in self.statuses.items()]
        fields["agrees"].label = _(
            "The organisation knows what %(federation)s is and works for, and agrees with its aims."
        ) % {"federation": federation.name}
        if len(self.statuses) == 1:
            self.initial.setdefault("status", next(iter(self.statuses)))

    def clean_founded(self) -> str:
        founded: str = self.cleaned_data["founded"]
        if founded:
            partial_date(founded)
        return founded

    def clean_page(self) -> str:
        """The slug of the organisation whose page it is, empty if none was given."""
        text = self.cleaned_data["page"]
        if not text:
            return ""
        organisation = organisation_at(text)
        if organisation is None:
            raise ValidationError(_("There is no organisation at this address in the directory."))
        kept = Organisation.objects.filter(pk=organisation.pk).with_secretary()
        if kept.exists() and not kept.kept_by(self.visitor).exists():
            raise ValidationError(
                _("This organisation has a secretary here: only they can ask, signed in.")
            )
        return organisation.slug

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        slug, status = answers.get("page"), self.statuses.get(answers.get("status", ""))
        if slug and status:
            bonds = Affiliation.objects.not_ended().filter(organisation__slug=slug)
            if bonds.filter(status=status).exists():
                self.add_error("status", _("The organisation already has this status."))
        return answers

    def fill(self, draft: AffiliationRequest) -> None:
        """Write what was entered into the draft, without saving it."""
        given = self.cleaned_data
        kept = {name for _legend, names in self.GROUPS for name in names} - {
            "email",
            "status",
            "page",
        }
        draft.status = self.statuses[given["status"]]
        draft.email = given["email"]
        draft.answers = {name: given[name] for name in sorted(kept)} | {
            "organisation_slug": given["page"]
        }

    @staticmethod
    def initial_of(draft: AffiliationRequest) -> dict[str, Any]:
        """What `fill` wrote, for the form that changes it."""
        answers = draft.answers
        page = answers.get("organisation_slug", "")
        return {**answers, "page": page, "status": draft.status.slug, "email": draft.email}


def open_statuses(federation: Federation) -> list[Any]:
    """The statuses of the federation that may be asked for."""
    return list(federation.statuses.open_to_requests().select_related("federation"))


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
    found: Organisation | None = (
        Organisation.objects.visible_to(None).filter(slugs__slug=parts[0]).first()
    )
    return found
