"""Affiliations, and the decisions and sources that they rest on, field by field."""

from rest_framework import serializers

from directory.models import (
    AsAt,
    Decision,
    Effect,
    EndReason,
    Source,
)
from directory.serializers.fields import AddressOrNull, Made, TextOrNull, Texts, one_of
from federation.models import Status


class DecisionSerializer(serializers.ModelSerializer[Decision]):
    """The recorded act of a body."""

    body = serializers.CharField(help_text=one_of(Decision.Body))
    place = TextOrNull()
    reference = TextOrNull()

    class Meta:
        model = Decision
        fields = ("body", "decided_on", "place", "reference")


class SourceSerializer(serializers.ModelSerializer[Source]):
    """Where a statement comes from, and on which day it was so."""

    url = AddressOrNull()

    class Meta:
        model = Source
        fields = ("title", "url", "as_of")


class AffiliationSerializer(Made):
    """A dated bond. `until` is the first day that no longer counts."""

    id = serializers.IntegerField(help_text="For its own address; a corrected bond gets another.")
    organisation = serializers.CharField(help_text="The short name of the organisation.")
    federation = serializers.CharField(help_text="The short name of the federation.")
    status = serializers.CharField(help_text="The federation’s own status.")
    status_label = serializers.CharField(help_text="The status in words.")
    kind = serializers.CharField(help_text=one_of(Status.Kind))
    votes = serializers.BooleanField(
        allow_null=True,
        help_text="Whether the status votes at congresses; null where the federation does not say. "
        "While `suspended`, this right rests like all others.",
    )
    since = serializers.DateField(allow_null=True, help_text="Null: the beginning is not known.")
    seen_on = serializers.DateField(
        allow_null=True, help_text="Where the beginning is not known: a day on which it was so."
    )
    until = serializers.DateField(allow_null=True)
    gone_on = serializers.DateField(
        allow_null=True, help_text="Where the end is not known: a day by which it was over."
    )
    end_reason = TextOrNull()
    decision = DecisionSerializer(allow_null=True)
    source = SourceSerializer()
    end_decision = DecisionSerializer(allow_null=True)
    end_source = SourceSerializer(allow_null=True)
    answer = serializers.CharField(
        help_text=f"Was it in force on the day asked about, today if none was? {one_of(AsAt)}"
    )
    suspended = serializers.BooleanField(
        help_text="Did its rights rest on that day? The status stands meanwhile."
    )


class EffectSerializer(Made):
    """What a decision did to a bond."""

    effect = serializers.CharField(help_text="One of began, ended.")
    affiliation = serializers.IntegerField(help_text="The id of the affiliation.")
    organisation = serializers.CharField(help_text="The short name of the organisation.")
    status = serializers.CharField(help_text="The federation’s own status.")


class OutcomeSerializer(Made):
    """What a decision says that it does to an organisation."""

    kind = serializers.CharField(help_text=one_of(Effect.Kind))
    organisation = serializers.CharField(help_text="The short name of the organisation.")
    status = TextOrNull(help_text="The federation’s own status that it gets.")
    on = serializers.DateField(help_text="From this day on; it may lie ahead.")
    until = serializers.DateField(
        allow_null=True, help_text="Of a suspension: the first day without it, if it is fixed."
    )
    reason = TextOrNull(help_text=f"Why a status ended. {one_of(EndReason)}")
    other = TextOrNull(help_text="The one that it continues, merges into or was split from.")
    waiver = TextOrNull(help_text="Why a second one in the country was admitted.")


class RecordedDecisionSerializer(DecisionSerializer):
    """A decision with what it says and what it began and ended."""

    federation = serializers.CharField(help_text="The short name of the federation.")
    number = serializers.IntegerField(
        allow_null=True, help_text="Its number in the federation’s register of decisions."
    )
    texts = Texts(help_text="What was decided, by language tag.")
    corrects = serializers.IntegerField(
        allow_null=True, help_text="The number of the decision that was recorded wrongly."
    )
    correction_note = TextOrNull(help_text="What was wrong with that one.")
    corrected_by = serializers.IntegerField(
        allow_null=True, help_text="The number of the decision that corrects this one."
    )
    outcomes = OutcomeSerializer(many=True)
    effects = EffectSerializer(many=True)

    class Meta(DecisionSerializer.Meta):
        fields = (
            "id", "federation", *DecisionSerializer.Meta.fields, "number", "texts", "corrects",
            "correction_note", "corrected_by", "outcomes", "effects",
        )  # fmt: skip
