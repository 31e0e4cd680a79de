"""What the API takes and tells about proceedings."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from federation.states import moves_for
from membership.api.consultation_shapes import ReplyShape
from membership.api.shapes import DecisionShape, MoveShape, NextShape, StepShape
from membership.consultations import heard
from membership.desk.next_steps import next_step
from membership.models import Consultation, PreparedDecision, Proceeding
from membership.proceedings import outcomes, seconding
from membership.views.proceedings import DOORS

CONFIRM = "confirm"  # the move of whoever confirms a decision that another has prepared
KINDS = ", ".join(Proceeding.Kind.values) + "."


class PreparedShape(serializers.Serializer[Any]):
    """A decision that one coordinator has prepared and another one has to confirm."""

    id = serializers.UUIDField(help_text="Send it as `prepared` with the move `confirm`.")
    at = serializers.DateTimeField()
    sent_back_at = serializers.DateTimeField(allow_null=True)
    body = serializers.CharField()
    decided_on = serializers.DateField()
    changes = serializers.ListField(child=serializers.CharField(), help_text="In words.")


class Seconded(serializers.Serializer[Any]):
    """What the move `confirm` takes."""

    prepared = serializers.UUIDField()


class ProceedingRow(serializers.Serializer[Any]):
    """One line of the list."""

    reference = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="Where it is read in this API.")
    federation = serializers.SlugField(source="federation.slug")
    organisation = serializers.SlugField(
        source="organisation.slug", help_text="The one that it is about."
    )
    name = serializers.CharField(source="organisation.name")
    kind = serializers.CharField(help_text=KINDS)
    state = serializers.CharField(help_text=", ".join(Proceeding.State.values) + ".")
    step = serializers.IntegerField(help_text="The number of its last step: send it as `seen`.")
    opened_at = serializers.DateTimeField()
    opened_by = serializers.CharField(help_text="The office: `coordinator` or `secretary`.")
    due = serializers.DateField(allow_null=True, help_text="The day by which something follows.")

    def get_url(self, found: Proceeding) -> str:
        return reverse("api-proceeding", args=[found.reference])


class ProceedingRows(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ProceedingRow(many=True)


class ProceedingShape(ProceedingRow):
    """A proceeding as the coordinators and the secretaries of the organisation see it."""

    other = serializers.CharField(
        source="other.slug", default=None, allow_null=True, help_text="The other organisation."
    )
    status = serializers.CharField(
        source="status.slug", default=None, allow_null=True, help_text="The status wanted."
    )
    other_agrees = serializers.BooleanField(
        allow_null=True, help_text="What the other organisation said; null if it has not."
    )
    next = serializers.SerializerMethodField()
    grounds = serializers.CharField()
    assembly = serializers.CharField(help_text="Who decided it, or asked for it.")
    wanted_on = serializers.DateField(allow_null=True, help_text="From which day on.")
    hearing_until = serializers.DateField(
        allow_null=True, help_text="Until when the organisation may speak."
    )
    meeting = serializers.SerializerMethodField(help_text="Put off to this one.")
    moves = serializers.SerializerMethodField(help_text="What may be done now, by whoever asks.")
    prepared = serializers.SerializerMethodField(
        help_text="For coordinators: the decision that waits for a second one."
    )
    steps = StepShape(many=True)
    decision = DecisionShape(allow_null=True)
    consultation = serializers.SerializerMethodField(
        help_text="Where the last one is read in this API, if it is open to whoever asks."
    )
    replies = serializers.SerializerMethodField(
        help_text="Of sections, as far as the procedure publishes them."
    )

    @extend_schema_field(NextShape)
    def get_next(self, found: Proceeding) -> Any:
        return NextShape(next_step(found)).data

    def get_meeting(self, found: Proceeding) -> str | None:
        return str(found.meeting) if found.meeting else None

    @extend_schema_field(MoveShape(many=True))
    def get_moves(self, found: Proceeding) -> Any:
        moves = [move for move in moves_for(found, self.context["user"]) if move.verb in DOORS]
        told = MoveShape(moves, many=True).data
        prepared = self._prepared(found)
        if prepared and prepared.by != self.context["user"].pk and not prepared.sent_back_at:
            told.append({"move": CONFIRM, "label": _("Confirm"), "needs_reason": False})
        return told

    def _prepared(self, found: Proceeding) -> PreparedDecision | None:
        if "decider" not in found.roles_of(self.context["user"]):
            return None
        return seconding.prepared_now(found)

    @extend_schema_field(PreparedShape(allow_null=True))
    def get_prepared(self, found: Proceeding) -> Any:
        prepared = self._prepared(found)
        if prepared is None:
            return None
        terms = seconding.terms_of(prepared)
        return {
            "id": prepared.pk,
            "at": prepared.at,
            "sent_back_at": prepared.sent_back_at,
            "body": terms["body"],
            "decided_on": terms["verdict"].decided_on,
            "changes": outcomes.in_words(found, terms["verdict"]),
        }

    def get_consultation(self, found: Proceeding) -> str | None:
        seen = Consultation.objects.visible_to(self.context["user"]).filter(proceeding=found)
        last = seen.order_by("-opened_at").first()
        return reverse("api-consultation", args=[last.pk]) if last else None

    @extend_schema_field(ReplyShape(many=True))
    def get_replies(self, found: Proceeding) -> Any:
        return ReplyShape(heard.published(found.last_consultation), many=True).data


class NewProceeding(serializers.Serializer[Any]):
    """What opens a proceeding; beside the first four, the fields of the form for its kind."""

    kind = serializers.CharField(max_length=15, help_text=KINDS)
    organisation = serializers.SlugField(help_text="The one that it is about.")
    federation = serializers.SlugField()
    office = serializers.CharField(
        required=False, max_length=20,
        help_text="`coordinator` or `secretary`: as what somebody acts who is both.",
    )  # fmt: skip
    grounds = serializers.CharField(max_length=5000)
    other = serializers.CharField(
        required=False, max_length=500, help_text="The slug of the other: for a merger or split."
    )
    status = serializers.SlugField(required=False, help_text="For a change: the status wanted.")
    assembly = serializers.CharField(
        required=False, max_length=200, help_text="Who decided it. Secretaries must say it."
    )
    wanted_on = serializers.DateField(
        required=False, help_text="From which day on. Secretaries must say it."
    )
