"""What a section fills in: its reply to a consultation, and whether it vouches for somebody."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership.forms.decisions import DayField
from membership.forms.following import SeenForm
from membership.forms.guarded import CHOOSE, LineField, TextField
from membership.models import Reply, Sponsorship

_ANSWERS = [
    (Reply.Answer.FOR, gettext_lazy("For")),
    (Reply.Answer.AGAINST, gettext_lazy("Against")),
    (Reply.Answer.ABSTAIN, gettext_lazy("Abstention")),
    (Reply.Answer.OBJECTION, gettext_lazy("Objection: it must not be, for the grounds below")),
]


class ReplyForm(SeenForm):
    """`seen` is the number of the section's last reply, 0 before the first."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What your organisation replies"),
        choices=_ANSWERS,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    grounds = TextField(
        label=gettext_lazy("Grounds"),
        help_text=gettext_lazy("An objection needs them. The coordinators read them."),
        required=False,
        max_length=5000,
    )
    assembly = LineField(
        label=gettext_lazy("Who decided it"),
        help_text=gettext_lazy("For example: the general assembly."),
        max_length=200,
    )
    decided_on = DayField(label=gettext_lazy("On which day"))
    field_order = ("seen", "answer", "grounds", "assembly", "decided_on")

    def __init__(
        self, *args: Any, is_published: bool = False, is_own: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_own:
            self.fields["answer"].label = _("What the organisation answered in writing")
        if is_published:
            self.fields["grounds"].help_text = _(
                "An objection needs them. By the procedure the applicant reads your reply, and "
                "these words, when the consultation is closed."
            )

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if answers.get("answer") == Reply.Answer.OBJECTION and not answers.get("grounds"):
            self.add_error("grounds", _("An objection needs its grounds."))
        return answers


class SponsorForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("What your organisation answers"),
        choices=[
            (Sponsorship.State.GIVEN, gettext_lazy("We vouch for this organisation")),
            (Sponsorship.State.REFUSED, gettext_lazy("We do not vouch for it")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    note = TextField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("The coordinators of the federation read it."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def terms(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "answer"}
        return given | {"vouches": self.cleaned_data["answer"] == Sponsorship.State.GIVEN}


class WrittenAnswerForm(SponsorForm):
    """What a sponsor without a secretary here wrote, as a coordinator records it."""

    came_by = forms.ChoiceField(
        label=gettext_lazy("How it came"),
        choices=Sponsorship.Came.choices,
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    answered_on = DayField(label=gettext_lazy("On which day"))
    field_order = ("answer", "came_by", "answered_on", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answer: Any = self.fields["answer"]
        answer.label = _("What the organisation answered in writing")
        answer.choices = Sponsorship.State.choices[1:]
