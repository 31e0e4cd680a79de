"""What the API takes and tells about decisions that are recorded by hand, or wait for a second."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.formats import date_format
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from directory.models import Body, Decision, Effect, EndReason, Organisation
from federation.models import Office, Status
from federation.texts import joined
from membership.api.shapes import DecisionShape
from membership.desk import recording, teamwork
from membership.desk.waiting import title_of
from membership.models import PreparedDecision
from membership.proceedings import outcomes, seconding
from membership.seconding.terms import read

CONFIRM, SEND_BACK, WITHDRAW = "confirm", "send_back", "withdraw"
Terms = dict[str, Any]
REASONS = [reason for reason in EndReason.values if reason != EndReason.CHANGE]


class NewEffect(serializers.Serializer[Any]):
    """One thing that follows from a decision, for one organisation."""

    kind = serializers.CharField(help_text=f"One of {', '.join(Effect.Kind.values)}.")
    organisation = serializers.CharField(max_length=500, help_text="Its slug.")
    status = serializers.SlugField(required=False, help_text="Of the federation.")
    on = serializers.DateField(required=False, help_text="Left out, it is the day of the decision.")
    until = serializers.DateField(
        required=False, help_text="Of a suspension: the first day without it."
    )
    reason = serializers.CharField(
        required=False, help_text=f"Why a status ended: one of {', '.join(REASONS)}."
    )
    other = serializers.CharField(
        required=False, max_length=500,
        help_text="The slug of the one that it continues, merges into or was split from.",
    )  # fmt: skip
    waiver = serializers.CharField(
        required=False, max_length=300, help_text="Why a second one in the country is admitted."
    )


class NewDecision(serializers.Serializer[Any]):
    """A decision that is recorded by hand; one that corrects another is sent whole."""

    federation = serializers.SlugField()
    body = serializers.CharField(help_text=f"One of {', '.join(Body.values)}.")
    decided_on = serializers.DateField()
    place = serializers.CharField(required=False, max_length=100)
    reference = serializers.CharField(required=False, max_length=100)
    meeting = serializers.IntegerField(
        required=False,
        help_text="The id of a meeting of the federation. A correction keeps the one there was.",
    )
    texts = serializers.DictField(
        child=serializers.CharField(), required=False,
        help_text="What was decided, by language tag. Everybody may read it.",
    )  # fmt: skip
    effects = NewEffect(many=True, required=False)
    corrects = serializers.IntegerField(
        required=False, help_text="The number of the decision that was recorded wrongly."
    )
    correction_note = serializers.CharField(
        required=False, max_length=500, help_text="What was wrong with that one: asked for then."
    )
    preview = serializers.BooleanField(
        required=False, help_text="Say what would follow, and record nothing."
    )


class PreviewShape(serializers.Serializer[Any]):
    """What would follow. Nothing is recorded."""

    changes = serializers.ListField(child=serializers.CharField(), help_text="In words.")
    takes_back = serializers.ListField(
        child=serializers.CharField(),
        help_text="What the decision that it corrects had done, and would be taken back.",
    )
    still_open = serializers.ListField(
        child=serializers.CharField(),
        help_text="References of requests and proceedings about the same organisations.",
    )
    needs_second = serializers.BooleanField(
        help_text="Whether another coordinator has to confirm it."
    )


class PreparedRow(serializers.Serializer[PreparedDecision]):
    """What one coordinator has prepared and another one confirms, or does not."""

    id = serializers.UUIDField(source="pk")
    federation = serializers.SlugField(source="federation.slug")
    title = serializers.SerializerMethodField(help_text="What it is called.")
    act = serializers.CharField(
        help_text="What is done about a seat: hand_over, end_term or take_back; else empty."
    )
    proceeding = serializers.CharField(
        source="proceeding.reference", default=None, allow_null=True,
        help_text="The proceeding that it was decided in.",
    )  # fmt: skip
    at = serializers.DateTimeField()
    is_own = serializers.SerializerMethodField(help_text="Whether whoever asks has prepared it.")
    body = serializers.SerializerMethodField()
    decided_on = serializers.SerializerMethodField()
    reference = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField(help_text="What would follow, in words.")
    takes_back = serializers.SerializerMethodField(
        help_text="What a decision had done that it corrects, in words."
    )
    terms = serializers.SerializerMethodField(help_text="All of it, as it was filled in.")
    has_document = serializers.SerializerMethodField(help_text="It is read at the desk.")
    sent_back_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was sent back.")
    moves = serializers.SerializerMethodField(help_text="What may be done now, by whoever asks.")

    def get_title(self, row: PreparedDecision) -> str:
        return title_of(row)

    def get_is_own(self, row: PreparedDecision) -> bool:
        return bool(row.by == self.context["user"].pk)

    def get_body(self, row: PreparedDecision) -> str | None:
        body: str | None = row.terms.get("body")
        return body

    def get_decided_on(self, row: PreparedDecision) -> datetime.date | None:
        day: datetime.date | None = read(
            row.terms.get("decided_on") or row.terms.get("verdict", {}).get("decided_on")
        )
        return day

    def get_reference(self, row: PreparedDecision) -> str:
        return str(row.terms.get("reference", ""))

    def get_changes(self, row: PreparedDecision) -> list[str]:
        try:
            return _changes(row)
        except ValidationError as refusal:  # what it names is no longer there
            return refusal.messages

    def get_takes_back(self, row: PreparedDecision) -> list[str]:
        try:
            corrects = None if row.act or row.proceeding else read(row.terms.get("corrects"))
        except ValidationError:
            return []
        return taken_back(corrects)

    @extend_schema_field(serializers.DictField())
    def get_terms(self, row: PreparedDecision) -> Terms:
        try:
            told: Terms = shown(read(row.terms))
        except ValidationError:
            return {}
        return told

    def get_has_document(self, row: PreparedDecision) -> bool:
        return row.document_id is not None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_moves(self, row: PreparedDecision) -> list[str]:
        if row.sent_back_at or self.get_is_own(row):
            return [WITHDRAW]
        return [CONFIRM, SEND_BACK]


class PreparedRows(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PreparedRow(many=True)


class PreparedTerms(serializers.Serializer[Any]):
    """What the moves take: `send_back` a reason, the others nothing."""

    reason = serializers.CharField(
        required=False, max_length=5000, help_text="Of `send_back`: why it is not confirmed."
    )


class DoneShape(serializers.Serializer[Any]):
    """What became of it."""

    id = serializers.UUIDField()
    move = serializers.CharField()
    decision = DecisionShape(allow_null=True, help_text="That was recorded.")
    proceeding = serializers.CharField(allow_null=True, help_text="That was decided.")


# --- in words -------------------------------------------------------------------------------


def in_words(effects: Iterable[Terms]) -> list[str]:
    """A line for each effect, given by its fields."""
    return [_line(effect) for effect in effects]


def _line(effect: Terms) -> str:
    days = [date_format(day, "DATE_FORMAT") for day in (effect["on"], effect.get("until")) if day]
    reason, other, status = (effect.get(name) for name in ("reason", "other", "status"))
    more = [
        *([other.name] if other else []),
        *([status.label] if status else []),
        " – ".join(days),
        *([EndReason(reason).label] if reason else []),
        *([effect["waiver"]] if effect.get("waiver") else []),
    ]
    return f"{effect['organisation'].name} {Effect.Kind(effect['kind']).label}: {joined(more)}"


def taken_back(corrects: Decision | None) -> list[str]:
    """What the decision had done, a line for each effect."""
    if corrects is None:
        return []
    rows = corrects.effects.select_related("organisation", "other", "status__federation")
    return in_words(_fields_of(row) for row in rows)


def _fields_of(row: Effect) -> Terms:
    names = ("kind", "organisation", "status", "on", "until", "reason", "other", "waiver")
    return {name: getattr(row, name) for name in names}


def _changes(row: PreparedDecision) -> list[str]:
    if row.proceeding is not None:
        return outcomes.in_words(row.proceeding, seconding.terms_of(row)["verdict"])
    if row.act:
        return [title_of(row)]
    return in_words(recording.terms_of(row)["effects"])


def shown(value: Any) -> Any:
    """Terms as the API tells them: what has a short name or a number by that, the rest in words."""
    if isinstance(value, dict):
        return {name: shown(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shown(inner) for inner in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Organisation | Status):
        return value.slug
    if isinstance(value, Decision):
        return value.entry.number
    if isinstance(value, Office):
        return teamwork.called(value.person)
    return str(value) if isinstance(value, Model) else value
