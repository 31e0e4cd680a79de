"""What is filled in to do the same with several requests; each row then goes its own way."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import Body
from directory.models.decisions import has_come
from federation.models import Federation, User
from federation.states import Move
from membership.desk import meetings, teamwork
from membership.forms.decisions import DayField
from membership.forms.desk import choices_of, people_of
from membership.forms.guarded import CHOOSE, LineField, TextField
from membership.models import AffiliationRequest
from membership.requests import proposals, workflow

READ_BY_ALL = gettext_lazy("Each applicant reads it word for word. Your name is not shown.")


class BulkForm(forms.Form):
    """`terms` is the same for every row."""

    def __init__(
        self, *args: Any, federations: list[Federation], user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)

    @property
    def terms(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class AskForm(BulkForm):
    note = TextField(label=gettext_lazy("Your question"), help_text=READ_BY_ALL, max_length=5000)


class WordForm(BulkForm):
    note = TextField(
        label=gettext_lazy("Note"), help_text=READ_BY_ALL, required=False, max_length=5000
    )


class PutOffForm(BulkForm):
    meeting = forms.ChoiceField(
        label=gettext_lazy("To which meeting"), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    note = TextField(label=gettext_lazy("Reason"), help_text=READ_BY_ALL, max_length=5000)

    def __init__(
        self, *args: Any, federations: list[Federation], user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, federations=federations, user=user, **kwargs)
        found = [meeting for one in federations for meeting in meetings.coming(one)]
        self.found = {str(meeting.pk): meeting for meeting in found}
        field: Any = self.fields["meeting"]
        field.choices = [(pk, str(meeting)) for pk, meeting in self.found.items()]
        if not found:
            field.help_text = _("No meeting is noted yet. Note it first, under “Meetings”.")

    @property
    def terms(self) -> dict[str, Any]:
        terms = super().terms
        return {**terms, "meeting": self.found[terms["meeting"]]}


class DeclineAllForm(BulkForm):
    note = TextField(label=gettext_lazy("Reason"), help_text=READ_BY_ALL, max_length=5000)
    body = forms.ChoiceField(
        label=gettext_lazy("Who decided"),
        choices=[("", gettext_lazy("whom each procedure names")), *Body.choices],
        required=False,
    )
    decided_on = DayField(
        label=gettext_lazy("Day of the decision"),
        help_text=gettext_lazy("Left empty, it was decided today."),
        validators=[has_come],
        required=False,
    )
    place = LineField(label=gettext_lazy("Place"), required=False, max_length=100)
    reference = LineField(
        label=gettext_lazy("Reference of the decision"), required=False, max_length=100
    )


class GiveForm(BulkForm):
    NOBODY = "nobody"

    to = forms.ChoiceField(label=gettext_lazy("Taken on by"))

    def __init__(
        self, *args: Any, federations: list[Federation], user: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, federations=federations, user=user, **kwargs)
        self.people = people_of(federations)
        field: Any = self.fields["to"]
        field.choices = [*choices_of(self.people, user), (self.NOBODY, _("nobody"))]

    @property
    def terms(self) -> dict[str, Any]:
        return {"to": self.people.get(self.cleaned_data["to"])}


@dataclass(frozen=True)
class Together:
    """Something that is done with several requests at once."""

    verb: str
    label: str | Promise
    form: type[BulkForm]
    act: Callable[..., Any]
    is_move: bool = True

    @property
    def rule(self) -> Move:
        return AffiliationRequest.move_named(self.verb)


def _move(verb: str, form: type[BulkForm], act: Callable[..., Any]) -> Together:
    return Together(verb, AffiliationRequest.move_named(verb).label, form, act)


TOGETHER = {
    one.verb: one
    for one in (
        Together("assign", gettext_lazy("Take on, or give to somebody"), GiveForm, teamwork.assign,
            is_move=False),
        _move("ask_back", AskForm, workflow.ask_back),
        _move("consult", WordForm, workflow.consult),
        _move("conclude", WordForm, workflow.conclude),
        _move("defer", PutOffForm, meetings.defer),
        _move("decline", DeclineAllForm, proposals.decline),
    )
}  # fmt: skip


class BulkMoveForm(forms.Form):
    """What to do with the rows that are ticked."""

    verb = forms.ChoiceField(
        label=gettext_lazy("With those ticked"),
        choices=[(one.verb, one.label) for one in TOGETHER.values()],
    )
