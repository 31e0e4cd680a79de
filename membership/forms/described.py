"""The parts of a request that describe the organisation: its names, its place, what it does."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from directory.models import Organisation, OrganisationName
from federation.models import Federation
from federation.models.fields import partial_date
from membership.forms import questions
from membership.forms.choices import CountriesField, language_choices
from membership.forms.guarded import CHOOSE, LineField, TextField, WebField
from membership.forms.request import name_field
from membership.forms.section import Group, SectionForm
from membership.models.procedures import Asked
from membership.requests import sections

NAMES = 10  # further ones, at most
ORGANISATIONS = 20  # that it belongs to, at most


class OrganisationForm(SectionForm):
    """Its names, as many as it has, and what kind of organisation it is."""

    key = "organisation"

    name = name_field()
    language = forms.ChoiceField(label=gettext_lazy("Language of this name"), required=False)
    acronym = LineField(
        label=gettext_lazy("Acronym"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"size": "12", "autocomplete": "off"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of organisation"),
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

    def arrange(self) -> None:
        fields: dict[str, Any] = self.fields
        fields["language"].choices = [("", _("I do not know")), *language_choices()]
        rules = self.draft.procedure
        fields["kind"].choices = [
            (kind.value, kind.label) for kind in Organisation.Kind if kind in rules.open_to
        ]
        held = self.draft.answers.get("names") or []
        self.rows = min(len(held) + 1, NAMES)
        kinds = OrganisationName.Kind
        for row in range(self.rows):
            fields[f"name_{row}"] = LineField(
                label=_("Name"), required=False, max_length=200,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )  # fmt: skip
            fields[f"name_kind_{row}"] = forms.ChoiceField(
                label=pgettext("of a name", "What it is"), required=False,
                choices=[(kind.value, kind.label) for kind in kinds if kind != kinds.OFFICIAL],
            )  # fmt: skip
            fields[f"name_language_{row}"] = forms.ChoiceField(
                label=_("Language"), required=False, choices=fields["language"].choices
            )
            if row < len(held):
                self.initial.update(
                    {
                        f"name_{row}": held[row]["value"],
                        f"name_kind_{row}": held[row]["kind"],
                        f"name_language_{row}": held[row]["language"],
                    }
                )

    def groups(self) -> list[Group]:
        own: list[Group] = [("", [self["name"], self["language"], self["acronym"], self["kind"]])]
        further = [
            (
                _("Further name %(number)s") % {"number": row + 1},
                [self[f"{part}_{row}"] for part in ("name", "name_kind", "name_language")],
            )
            for row in range(self.rows)
        ]
        return [*own, *further]

    @property
    def may_add(self) -> bool:
        return self.rows < NAMES

    def answers(self) -> dict[str, Any]:
        given = self.cleaned_data
        rows = [
            {
                "value": given[f"name_{row}"],
                "kind": given[f"name_kind_{row}"] or OrganisationName.Kind.TRANSLATED.value,
                "language": given[f"name_language_{row}"],
            }
            for row in range(self.rows)
            if given[f"name_{row}"]
        ]
        names = [row for number, row in enumerate(rows) if row not in rows[:number]]
        own = {name: given[name] for name in ("language", "acronym", "kind")}
        # It began with a name, and is asked about by it: it is not taken away again.
        return {**own, "name": given["name"] or self.draft.answers.get("name", ""), "names": names}


class WhereForm(SectionForm):
    key = "where"

    countries = CountriesField(
        label=gettext_lazy("Countries in which it is active"),
        help_text=gettext_lazy("If the lists are not enough, save and come back for more."),
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
    website = WebField(label=gettext_lazy("Website"), required=False)
    founded = LineField(
        label=gettext_lazy("Founded"),
        help_text=gettext_lazy("As exactly as you know it: 2016, 2016-03 or 2016-03-12."),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"size": "12", "autocomplete": "off"}),
    )

    def clean_founded(self) -> str:
        founded: str = self.cleaned_data["founded"]
        if founded:
            partial_date(founded)
        return founded


class AboutForm(SectionForm):
    key = "about"

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
        min_value=1,
        max_value=100_000_000,
        widget=forms.TextInput(attrs={"size": "12", "inputmode": "numeric", "autocomplete": "off"}),
    )
    is_affiliated = forms.ChoiceField(
        label=gettext_lazy("Does the organisation belong to other federations or unions?"),
        choices=[
            ("no", pgettext_lazy("answer", "No")),
            ("yes", pgettext_lazy("answer", "Yes")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    affiliated_to = forms.MultipleChoiceField(
        label=gettext_lazy("Which of the federations here?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    affiliations = TextField(
        label=gettext_lazy("Which others?"),
        help_text=gettext_lazy("One in each line."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def arrange(self) -> None:
        rules, fields = self.draft.procedure, self.fields
        if not sections.is_new(self.draft):
            fields["description"].required = False
            fields["description"].help_text = _(
                "What the federation should know now. Your page in the directory stays as it is."
            )
        self._ask(rules.asks_members, "members")
        self._ask(rules.asks_affiliations, "is_affiliated", "affiliated_to", "affiliations")
        if "affiliated_to" in fields:
            others = Federation.objects.visible_to(None).exclude(pk=self.draft.federation.pk)
            fields["affiliated_to"].choices = [  # type: ignore[attr-defined]
                (one.slug, questions.worded(one.name)) for one in others
            ]
            if not others:
                del fields["affiliated_to"]

    def _ask(self, asked: str, *names: str) -> None:
        """The first of the names is the question, the others tell more."""
        self.fields[names[0]].required = asked == Asked.REQUIRED
        if asked == Asked.NO:
            for name in names:
                del self.fields[name]

    def initial_of(self, name: str) -> Any:
        value = super().initial_of(name)
        return "\n".join(value or []) if name == "affiliations" else value

    def clean_affiliations(self) -> list[str]:
        """The lines, each a name."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["affiliations"].splitlines()]
        names = list(dict.fromkeys(line for line in lines if line))
        if len(names) > ORGANISATIONS or any(len(name) > 200 for name in names):
            raise ValidationError(
                _("At most %(number)s lines, of no more than 200 letters each.")
                % {"number": ORGANISATIONS}
            )
        return names
