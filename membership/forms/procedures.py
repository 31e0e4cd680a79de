"""The form in which coordinators write a procedure: its rules, and questions of its own."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from directory.models import Body, Organisation
from federation.texts import Text, in_language
from membership.forms.guarded import CHOOSE, FILL_IN, LineField
from membership.models import Procedure, Question
from membership.procedures.examples import NAMES
from membership.procedures.publishing import ASKS

# With the boxes of every language it is a long form; more would not fit in one.
MOST_QUESTIONS = 12
PREFIX = "question"

NUMBERS = {"size": "6", "inputmode": "numeric", "autocomplete": "off"}
GROUPS = (
    (gettext_lazy("Who may ask"), ("open_to", "guidance")),
    (gettext_lazy("What is asked"), ("asks_members", "asks_affiliations", "asks_documents",
        "documents", "statements", "sponsors")),
    (gettext_lazy("Who is heard"), ("consulted", "consultation_days", "quorum", "majority",
        "silence", "abstentions_count", "objection_blocks", "is_binding", "publishes_replies")),
    (gettext_lazy("Who decides"), ("body", "defers_to", "effective", "needs_second",
        "waiver_body")),
    (gettext_lazy("How long it takes"), ("answer_days", "lapses", "decision_days",
        "appeal_body", "appeal_days", "source")),
)  # fmt: skip


class _Quiet(forms.ModelForm):  # type: ignore[type-arg]
    """A form that may be shown as it was filled in, without a word on what is still wrong."""

    def __init__(self, *args: Any, quiet: bool = False, **kwargs: Any) -> None:
        self.quiet = quiet
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        if self.quiet:
            self._errors = forms.utils.ErrorDict()
            self.cleaned_data = {}
        else:
            super().full_clean()


class RulesForm(_Quiet):
    """Everything but the questions. `instance` is the draft; after validation it has the rules."""

    open_to = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of organisation"),
        choices=Organisation.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
    )
    defers_to = forms.MultipleChoiceField(
        label=gettext_lazy("May be put off to"),
        choices=Body.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Procedure
        fields = [name for _legend, names in GROUPS for name in names]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name, nothing in (
            ("body", gettext_lazy("our texts do not say")),
            ("appeal_body", pgettext_lazy("appeal", "there is no appeal")),
            ("waiver_body", pgettext_lazy("who may waive a rule", "nobody in particular")),
        ):
            fields[name].choices = [("", nothing), *Body.choices]
        for field in fields.values():
            field.label = capfirst(field.label)
            if isinstance(field, forms.IntegerField):
                field.widget = forms.TextInput(attrs=NUMBERS)
            elif isinstance(field, forms.TypedChoiceField) and len(field.choices) < 6:  # type: ignore[arg-type]
                field.widget = forms.RadioSelect(choices=field.choices)
        if not self.instance.status.is_one_per_country:
            del fields["waiver_body"]

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [
            (legend, [self[name] for name in names if name in self.fields])
            for legend, names in GROUPS
        ]


class QuestionForm(_Quiet):
    """One question. Its short name is given once, and later versions keep it."""

    key = forms.SlugField(max_length=40, widget=forms.HiddenInput)

    class Meta:
        model = Question
        fields = ("key", "labels", "kind", "options", "helps", "is_required")

    def __init__(self, *args: Any, number: int, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"{PREFIX}-{number - 1}", **kwargs)
        self.number, self.is_touched = number, False
        fields: dict[str, Any] = self.fields
        fields["labels"].required = True  # in one language; publishing asks for more
        fields["labels"].error_messages.update(FILL_IN)
        fields["kind"].widget = forms.Select(choices=Question.Kind.choices)
        for field in fields.values():
            field.label = capfirst(field.label)
        fields["options"].help_text = gettext_lazy(
            "One in each line, for the two kinds that let people choose."
        )

    @property
    def is_open(self) -> bool:
        """Whether it is unfolded: what is new, was just moved, or has something wrong."""
        return self.is_touched or bool(self.errors) or not self.called

    @property
    def called(self) -> Text:
        """What was typed as its question, in the reader's language if it stands in that."""
        texts = self.instance.labels
        if self.is_bound:
            field: Any = self.fields["labels"]
            boxes = field.widget.value_from_datadict(
                self.data, self.files, self.add_prefix("labels")
            )
            texts = field.compress([(box or "")[:200] for box in boxes])
        return in_language(texts)

    def _get_validation_exclusions(self) -> set[str]:
        return {*super()._get_validation_exclusions(), "labels", "procedure"}  # type: ignore[misc]

    @property
    def terms(self) -> dict[str, Any]:
        return {name: getattr(self.instance, name) for name in ASKS}


def question_forms(draft: Procedure, data: Any = None, *, quiet: bool = False) -> list[Any]:
    """A form for each question: those of the draft, or those that were sent."""
    stored = {one.key: one for one in draft.questions.all()}
    if data is None:
        return [
            QuestionForm(number=number, instance=one)
            for number, one in enumerate(stored.values(), 1)
        ]
    found = []
    for number in range(1, how_many(data) + 1):
        key = data.get(f"{PREFIX}-{number - 1}-key", "")
        question = stored.pop(key, None) or Question(key=key)
        question.procedure = draft
        found.append(QuestionForm(data, number=number, instance=question, quiet=quiet))
    return found


def how_many(data: Any) -> int:
    """How many questions were sent; never more than there may be."""
    sent = str(data.get(f"{PREFIX}-total", ""))
    return min(int(sent), MOST_QUESTIONS) if sent.isascii() and sent.isdigit() else 0


def rearranged(data: QueryDict, act: str) -> QueryDict:
    """What was sent, with a question more or less or in another place: add, up-2, down-2, remove-2.

    Questions count from 1. What makes no sense changes nothing.
    """
    total = how_many(data)
    blocks = [_block(data, index) for index in range(total)]
    verb, _dash, number = act.partition("-")
    index = int(number) - 1 if number.isascii() and number.isdigit() else -1
    if verb == "add" and total < MOST_QUESTIONS:
        blocks.append({"key": [f"q-{secrets.token_hex(4)}"], "kind": [Question.Kind.TEXT.value]})
    elif verb == "remove" and 0 <= index < total:
        del blocks[index]
    elif verb == "up" and 0 < index < total:
        blocks[index - 1], blocks[index] = blocks[index], blocks[index - 1]
    elif verb == "down" and 0 <= index < total - 1:
        blocks[index + 1], blocks[index] = blocks[index], blocks[index + 1]
    return _put_back(data, blocks)


def touched(act: str) -> int:
    """The place where a question that was moved stands then; 0 if none was."""
    verb, _dash, number = act.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        return 0
    return int(number) + {"up": -1, "down": 1}.get(verb, -int(number))


def _block(data: QueryDict, index: int) -> dict[str, list[str]]:
    """What was sent of one question, by the names of its fields."""
    start = f"{PREFIX}-{index}-"
    return {name[len(start) :]: data.getlist(name) for name in data if name.startswith(start)}


def _put_back(data: QueryDict, blocks: list[dict[str, list[str]]]) -> QueryDict:
    made = QueryDict(mutable=True)
    for name in data:
        if not name.startswith(f"{PREFIX}-"):
            made.setlist(name, data.getlist(name))
    made[f"{PREFIX}-total"] = str(len(blocks))
    for index, block in enumerate(blocks):
        for name, values in block.items():
            made.setlist(f"{PREFIX}-{index}-{name}", values)
    return made


def refuse_doubles(forms_: list[Any]) -> None:
    """Two questions of one short name can come of a meddled form alone."""
    keys = [form.cleaned_data.get("key") for form in forms_ if form.is_valid()]
    for number, form in enumerate(forms_):
        if form.is_valid() and form.cleaned_data["key"] in keys[:number]:
            form.add_error(None, ValidationError(_("This question was sent twice.")))


class BeginForm(forms.Form):
    """What the next version begins as."""

    COPY = "copy"
    example = forms.ChoiceField(
        label=gettext_lazy("Begin from"), widget=forms.RadioSelect, error_messages=CHOOSE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["example"]
        field.choices = [
            (self.COPY, gettext_lazy("the version in force")),
            *((name, _("an example: %(name)s") % {"name": NAMES[name]}) for name in NAMES),
        ]
        self.initial.setdefault("example", self.COPY)


class PublishForm(forms.Form):
    seen = forms.CharField(max_length=32, widget=forms.HiddenInput)
    change_note = LineField(
        label=gettext_lazy("What changed, and who decided it"),
        help_text=gettext_lazy("For example: as the congress of 2024 decided."),
        max_length=300,
        required=False,
    )
