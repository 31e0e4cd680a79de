"""The forms that lead to the doors of `directory.workflow`: admit, end, change status, correct."""

import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory import workflow
from directory.admin.desk import refuse_alone
from directory.admin.fields import OrganisationAddress, country_field
from directory.decisions import others_in_country, wait_for_others
from directory.models import (
    Affiliation,
    Decision,
    Organisation,
    OrganisationCountry,
    Source,
)
from federation import audit
from federation.admin import SearchSelect, SeenMixin, site
from federation.models import Federation, Status, plausible_date
from federation.texts import joined

WHY = (
    _("Why we know"),
    {
        "fields": ("decision", "source", "source_title", "source_url", "source_as_of"),
        "description": _(
            "A decision is a source by itself. Otherwise choose a source or write down a new one."
        ),
    },
)


def date_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        widget=AdminDateWidget, required=False, validators=[plausible_date], **kwargs
    )


def record_field(name: str, rows: "QuerySet[Any]", **kwargs: Any) -> forms.ModelChoiceField:
    """One of the rows, for the field `name` of an affiliation."""
    field = Affiliation._meta.get_field(name)
    return forms.ModelChoiceField(
        rows,
        label=capfirst(str(field.verbose_name)),
        widget=SearchSelect(field, site),
        **{"required": False, **kwargs},
    )


def reason_field(**kwargs: Any) -> forms.ChoiceField:
    reasons = [("", "–"), *(c for c in Affiliation.EndReason.choices if c[0] != "change")]
    return forms.ChoiceField(label=_("Why it ended"), choices=reasons, **kwargs)


def until_field() -> forms.DateField:
    return date_field(label=_("Until"), help_text=_("The first day on which it no longer held."))


def gone_on_field() -> forms.DateField:
    return date_field(
        label=_("Known to be over on"),
        help_text=_("If nobody knows the day: one by which it was over."),
    )


class BondForm(SeenMixin, forms.Form):
    """What every such form asks: which decision, which source."""

    fieldsets: Any = ()
    source_title = forms.CharField(label=_("Title of a new source"), max_length=300, required=False)
    source_url = forms.URLField(
        label=_("Its web address"), max_length=500, required=False, assume_scheme="https"
    )
    source_as_of = date_field(label=_("It was so on"))

    def __init__(
        self, *args: Any, user: Any, bond: Affiliation | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.bond = user, bond
        self.fields["decision"] = record_field("decision", self.of(Decision))
        self.fields["source"] = record_field("source", self.of(Source))

    def of(self, model: Any) -> "QuerySet[Any]":
        """Rows of the model that may be chosen: those of the affiliation's own federation."""
        rows: QuerySet[Any] = model.objects.managed_by(self.user).select_related("federation")
        return rows.filter(federation=self.bond.federation_id) if self.bond else rows

    def clean(self) -> Any:
        cleaned = super().clean()
        new = [cleaned.get("source_title"), cleaned.get("source_as_of")]
        if any(new) and not all(new):
            raise ValidationError(_("A new source needs a title and the day on which it was so."))
        if not (cleaned.get("decision") or cleaned.get("source") or any(new)):
            raise ValidationError(_("Say why we know: by a decision, or from a source."))
        return cleaned

    def source(self, federation: Federation) -> Source:
        """The source chosen, the new one, or the one that the decision is."""
        given = self.cleaned_data
        if given["source"]:
            chosen: Source = given["source"]
            return chosen
        if not given["source_title"]:
            return workflow.source_of(given["decision"])
        source = Source(
            federation=federation,
            title=given["source_title"],
            url=given["source_url"],
            as_of=given["source_as_of"],
        )
        source.full_clean()
        source.save()
        return source

    def refuse_second(
        self, organisation: Organisation, status: Status, day: datetime.date | None
    ) -> None:
        """Where there is one for each country, a second one takes a decision that says why."""
        others = others_in_country(organisation, status, day or timezone.localdate())
        decision = self.cleaned_data.get("decision")
        if not others or (
            decision and decision.effects.filter(organisation=organisation).exclude(waiver="")
        ):
            return
        told = gettext(
            "There is one for each country, and in this one there is %(others)s already. If a "
            "body has decided on a second one, record its decision with the reason at the desk: "
            "%(page)s"
        )
        page = reverse("membership:coordination_decision_new")
        names = joined(other.name for other in others)
        raise ValidationError({"status": told % {"others": names, "page": page}})

    def save(self, office: str) -> Affiliation:
        raise NotImplementedError


class AdmitForm(BondForm):
    """Admits an organisation: a new one, or one that already stands in the directory."""

    address = OrganisationAddress(
        among=Organisation.objects.none(),
        label=_("Address in the directory"),
        required=False,
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Organisation.Kind, initial=Organisation.Kind.UNION, required=False
    )
    country = country_field(label=_("Country"), required=False)
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    website = forms.URLField(
        label=_("Website"), max_length=500, required=False, assume_scheme="https"
    )
    since = date_field(label=_("Since"), help_text=_("The day from which on it has the status."))
    seen_on = date_field(
        label=_("Known to be so on"), help_text=_("If nobody knows since when: a day it was so.")
    )
    reason = reason_field(required=False)
    until = until_field()
    gone_on = gone_on_field()
    fieldsets = (
        (
            _("An organisation of the directory"),
            {
                "fields": ("address",),
                "description": _("Look it up first: it may be there through another federation."),
            },
        ),
        (
            _("Or a new organisation"),
            {
                "fields": ("name", "kind", "country", "city", "website"),
                "description": _("Everything else can be added on its page afterwards."),
            },
        ),
        (_("Its status"), {"fields": ("status", "since", "seen_on")}),
        (
            _("How it ended"),
            {
                "fields": ("reason", "until", "gone_on"),
                "description": _("Only of what is over. Else leave it empty."),
            },
        ),
        WHY,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address: Any = self.fields["address"]
        address.among = Organisation.objects.visible_to(self.user)
        self.fields["status"] = forms.ModelChoiceField(self.of(Status), label=_("Status"))

    def clean_address(self) -> Organisation | None:
        """Who speaks for itself here is not entered into a federation by others."""
        found: Organisation | None = self.cleaned_data["address"]
        if found and Organisation.objects.with_secretary().filter(pk=found.pk).exists():
            raise ValidationError(
                _("This organisation has a secretary here: let it ask, and accept its request.")
            )
        return found

    def clean(self) -> Any:
        cleaned = super().clean()
        if bool(cleaned.get("address")) == bool(cleaned.get("name")) and not self.errors:
            raise ValidationError(
                _("Give either the address of an organisation in the directory or a new name.")
            )
        return cleaned

    def save(self, office: str) -> Affiliation:
        given = self.cleaned_data
        status: Status = given["status"]
        wait_for_others(status.federation)
        organisation = given["address"] or self._new_organisation(status.federation, office)
        if not self._is_over():
            refuse_alone(status)
            self.refuse_second(organisation, status, given["since"] or given["seen_on"])
        source = self.source(status.federation)
        ground = {"source": source, "decision": given["decision"], "by": self.user}
        bond = workflow.admit(
            organisation=organisation, status=status,
            since=given["since"], seen_on=given["seen_on"], office=office, **ground,
        )  # fmt: skip
        if not self._ends():
            return bond
        return workflow.end(
            affiliation=bond, reason=given["reason"],
            until=given["until"], gone_on=given["gone_on"], office=office, **ground,
        )  # fmt: skip

    def _ends(self) -> bool:
        return any(self.cleaned_data[name] for name in ("reason", "until", "gone_on"))

    def _is_over(self) -> bool:
        """What ended in the past takes nobody's place today."""
        end = self.cleaned_data["until"] or self.cleaned_data["gone_on"]
        return bool(end and end <= timezone.localdate())

    def _new_organisation(self, federation: Federation, office: str) -> Organisation:
        names = ("name", "kind", "city", "website")
        organisation = Organisation(
            **{name: self.cleaned_data[name] for name in names if self.cleaned_data[name]},
            visibility=Organisation.Visibility.PROPOSED,
            is_fictional=federation.is_fictional,
        )
        organisation.full_clean(exclude=["slug"])
        organisation.save()
        if self.cleaned_data["country"]:
            OrganisationCountry.objects.create(
                organisation=organisation, code=self.cleaned_data["country"]
            )
        audit.record(
            audit.Action.ADD, organisation, by=self.user, office=office,
            fields=[*names, "countries"], federation=federation.slug,
        )  # fmt: skip
        return organisation


class EndForm(BondForm):
    reason = reason_field()
    until = until_field()
    gone_on = gone_on_field()
    fieldsets = ((None, {"fields": ("reason", "until", "gone_on")}), WHY)

    def save(self, office: str) -> Affiliation:
        given, bond = self.cleaned_data, self.bond
        refuse_alone(bond.status)
        return workflow.end(
            affiliation=bond, reason=given["reason"],
            until=given["until"], gone_on=given["gone_on"],
            decision=given["decision"], source=self.source(bond.federation), by=self.user,
            office=office,
        )  # fmt: skip


class ChangeStatusForm(BondForm):
    on = date_field(label=_("From"), help_text=_("The first day of the new status."))
    seen_on = date_field(
        label=_("Known to be so on"),
        help_text=_("If nobody knows since when: a day on which it had the new status."),
    )
    fieldsets = ((None, {"fields": ("status", "on", "seen_on")}), WHY)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = self.of(Status).exclude(pk=self.bond.status_id)
        self.fields["status"] = forms.ModelChoiceField(others, label=_("New status"))

    def save(self, office: str) -> Affiliation:
        given, bond = self.cleaned_data, self.bond
        refuse_alone(bond.status, given["status"])
        self.refuse_second(bond.organisation, given["status"], given["on"] or given["seen_on"])
        return workflow.change_status(
            affiliation=bond, status=given["status"], on=given["on"], seen_on=given["seen_on"],
            decision=given["decision"], source=self.source(bond.federation), by=self.user,
            office=office,
        )  # fmt: skip


class CorrectForm(SeenMixin, forms.ModelForm):
    """Only what is written differently here is corrected; the wrong row stays, marked."""

    note = forms.CharField(
        label=_("What was wrong with the record"),
        max_length=300,
        widget=forms.TextInput({"size": 60}),
    )
    fieldsets = (
        (None, {"fields": ("note",)}),
        (_("How it was"), {"fields": ("status", "since", "seen_on", "decision", "source")}),
        (
            _("How it ended"),
            {"fields": ("until", "gone_on", "end_reason", "end_decision", "end_source")},
        ),
    )

    # Whether it is in, and as what: more than a day that was written down wrongly.
    DECIDED = frozenset({"status", "until", "gone_on"})

    class Meta:
        model = Affiliation
        fields = workflow.CORRECTABLE
        widgets = dict.fromkeys(("since", "seen_on", "until", "gone_on"), AdminDateWidget)

    def __init__(self, *args: Any, user: Any, bond: Affiliation, **kwargs: Any) -> None:
        super().__init__(*args, instance=bond, **kwargs)
        self.user, self.bond = user, bond
        for name in ("decision", "end_decision", "source", "end_source"):
            model = Affiliation._meta.get_field(name).related_model
            rows = model.objects.managed_by(user).filter(federation=bond.federation_id)
            self.fields[name] = record_field(name, rows, required=name == "source")
        statuses = Status.objects.managed_by(user).filter(federation=bond.federation_id)
        self.fields["status"] = forms.ModelChoiceField(statuses.select_related("federation"))

    def _post_clean(self) -> None:
        """The row as it stands is not to be touched; the door checks the one that replaces it."""

    def save(self, office: str) -> Affiliation:  # type: ignore[override]
        changes = {n: self.cleaned_data[n] for n in self.changed_data if n in workflow.CORRECTABLE}
        today = timezone.localdate()
        if not changes:
            raise ValidationError(_("Nothing is written differently here."))
        if changes.keys() & self.DECIDED or (changes.get("since") or today) > today:
            refuse_alone(self.bond.status, changes.get("status", self.bond.status))
        note = self.cleaned_data["note"]
        return workflow.correct(
            affiliation=self.bond, note=note, by=self.user, office=office, **changes
        )
