"""What a coordinator fills in to hand a seat over, to end a term, and to take one back."""

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from directory.models import Decision, Organisation, Seat, Source
from federation.models import Office
from federation.texts import joined
from membership.desk.handing_over import Giving
from membership.desk.teamwork import called
from membership.forms.decisions import DayField
from membership.forms.guarded import FILL_IN, LineField
from membership.forms.picked import OrganisationField


class DecisionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One from the register of the federation; what was recorded wrongly is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Decision.objects.none(),
            label=gettext_lazy("Decision"),
            help_text=gettext_lazy("From the register of decisions, where it is recorded first."),
            error_messages=FILL_IN,
            **kwargs,
        )

    def of(self, seat: Seat) -> None:
        found = Decision.objects.filter(federation=seat.federation_id, corrected_by=None)
        self.queryset = found.order_by("-decided_on", "-pk")

    def label_from_instance(self, obj: Any) -> str:
        return joined(filter(None, [str(obj), obj.place]))


class GiveForm(forms.Form):
    """Who gets the seat, since when, and by what."""

    organisation = OrganisationField(
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("Its name, or the address of its page in the directory."),
    )
    on = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy(
            "The first day of the term. Left empty, if an old list does not say since when."
        ),
        required=False,
    )
    until = DayField(
        label=gettext_lazy("Until"),
        help_text=gettext_lazy("Only if the end is known: the first day without it."),
        required=False,
    )
    decision = DecisionField(required=False)
    source = forms.ModelChoiceField(
        Source.objects.none(),
        label=gettext_lazy("Source"),
        help_text=gettext_lazy("Where no decision is known."),
        required=False,
    )

    def __init__(self, *args: Any, seat: Seat, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat = seat
        fields: dict[str, Any] = self.fields
        fields["organisation"].among = Organisation.objects.visible_to(user)
        fields["decision"].of(seat)
        sources = Source.objects.filter(federation=seat.federation_id, decision=None)
        fields["source"].queryset = sources

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        vouched = given.get("decision") or given.get("source")
        if not vouched and not {"decision", "source"} & self.errors.keys():
            self.add_error("decision", _("Name the decision that gave it, or a source."))
        if not given.get("on") and not given.get("source") and "on" not in self.errors:
            self.add_error("on", _("Say from which day on."))
        return given

    @property
    def giving(self) -> Giving:
        return Giving(**self.terms)

    @property
    def terms(self) -> dict[str, Any]:
        return {"seat": self.seat, **self.cleaned_data}


class OfficesForm(forms.Form):
    """Whose office ends on the day of the hand-over, and who comes."""

    ends = forms.MultipleChoiceField(
        label=gettext_lazy("Ends on that day"), widget=forms.CheckboxSelectMultiple, required=False
    )
    email = forms.EmailField(
        label=gettext_lazy("Invite a coordinator: e-mail address"),
        help_text=gettext_lazy(
            "Gets a letter now, to make an account ready. The office begins on that day."
        ),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the letters"), choices=settings.LANGUAGES, required=False
    )

    def __init__(self, *args: Any, giving: Giving, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offices: dict[str, Office] = {str(one.pk): one for one in giving.offices}
        ends: Any = self.fields["ends"]
        ends.choices = [(pk, joined([called(one.person), one])) for pk, one in self.offices.items()]
        if giving.before and giving.before.organisation != giving.organisation:
            self.initial.setdefault("ends", list(self.offices))
        self.initial.setdefault("language", get_language())
        if not self.offices:
            del self.fields["ends"]

    @property
    def terms(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "ends": [self.offices[pk] for pk in given.get("ends", ())],
            "email": given["email"],
            "language": given["language"],
        }


class EndTermForm(forms.Form):
    """The term ends, and nobody takes the seat over."""

    on = DayField(label=gettext_lazy("Until"), help_text=gettext_lazy("The first day without it."))
    decision = DecisionField()

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decision: Any = self.fields["decision"]
        decision.of(seat)

    @property
    def day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["on"]
        return day


class TakeBackForm(forms.Form):
    reason = LineField(label=gettext_lazy("What was wrong"), max_length=300)


def begun(terms: dict[str, Any]) -> dict[str, Any]:
    """How the forms begin with what was prepared and came back."""
    filled = {
        name: value.slug if isinstance(value, Organisation) else value
        for name, value in terms.items()
    }
    if "ends" in filled:
        filled["ends"] = [str(office.pk) for office in filled["ends"]]
    return filled
