"""What the API takes and tells about consultations of sections."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from directory.models.keepers import COORDINATOR
from membership.consultations import consulting, counting, heard
from membership.models import Consultation


class ReplyShape(serializers.Serializer[Any]):
    """What a section answered. Another reply replaces it, and both are kept."""

    name = serializers.CharField(
        source="consulted.organisation.name", help_text="Of the section that replied."
    )
    number = serializers.IntegerField(help_text="Send the last one as `seen`.")
    answer = serializers.CharField(help_text="for, against, abstain or objection.")
    grounds = serializers.CharField()
    assembly = serializers.CharField(help_text="Who decided it.")
    decided_on = serializers.DateField()
    at = serializers.DateTimeField(help_text="When it was recorded.")
    is_late = serializers.BooleanField(help_text="It came too late to be counted.")
    is_recorded = serializers.SerializerMethodField(
        help_text="The section wrote it to the coordinators, who recorded it."
    )

    def get_is_recorded(self, reply: Any) -> bool:
        return bool(reply.office == COORDINATOR)


class SectionShape(serializers.Serializer[Any]):
    """One section that is asked."""

    organisation = serializers.CharField(source="organisation.slug")
    name = serializers.CharField(source="organisation.name")
    is_yours = serializers.SerializerMethodField(help_text="You may record a reply of it.")
    seen = serializers.SerializerMethodField(
        help_text="The number of its last reply, 0 before the first: send it as `seen`."
    )
    replies = ReplyShape(many=True, help_text="Oldest first; the last that is not late counts.")

    def get_is_yours(self, one: Any) -> bool:
        return one.pk in self.context["own"]

    def get_seen(self, one: Any) -> int:
        return max((reply.number for reply in one.replies.all()), default=0)


class ConsultationRow(serializers.Serializer[Any]):
    """One line of the list."""

    id = serializers.UUIDField(source="pk")
    url = serializers.SerializerMethodField()
    federation = serializers.SlugField(source="federation.slug")
    about = serializers.SerializerMethodField(help_text="`request` or `proceeding`.")
    reference = serializers.CharField(source="subject.reference", help_text="Of what it is about.")
    name = serializers.CharField(
        source="subject.organisation.name", help_text="Of the organisation that it is about."
    )
    opens_on = serializers.DateField()
    closes_on = serializers.DateField(help_text="The last day on which a reply is counted.")
    closed_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(
        help_text="passed, failed, no_quorum or blocked; empty before the count."
    )

    def get_url(self, found: Consultation) -> str:
        return reverse("api-consultation", args=[found.pk])

    def get_about(self, found: Consultation) -> str:
        return "request" if found.request else "proceeding"


class ConsultationRows(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ConsultationRow(many=True)


class FactShape(serializers.Serializer[Any]):
    label = serializers.CharField()
    words = serializers.ListField(child=serializers.CharField())


class ConsultationShape(ConsultationRow):
    """A consultation as a section sees it; those who run it see all the sections."""

    facts = serializers.SerializerMethodField(help_text="What the sections are told.")
    description = serializers.SerializerMethodField(help_text="What the organisation is.")
    rules = serializers.SerializerMethodField(help_text="Who is asked, and how it is counted.")
    result = serializers.SerializerMethodField(help_text="Empty before the count.")
    takes_replies = serializers.SerializerMethodField(
        help_text="Also late ones, which are kept and not counted."
    )
    is_late = serializers.SerializerMethodField(help_text="A reply would come too late now.")
    sections = serializers.SerializerMethodField()

    @extend_schema_field(FactShape(many=True))
    def get_facts(self, found: Consultation) -> Any:
        about = heard.about(found.subject)
        told = [
            {"label": fact["label"], "words": [str(word["text"]) for word in fact["words"]]}
            for fact in about.facts
        ]
        return told + [{"label": str(label), "words": [str(said)]} for label, said in about.answers]

    def get_description(self, found: Consultation) -> str:
        return str(heard.about(found.subject).description)

    def get_rules(self, found: Consultation) -> list[str]:
        return [str(line) for line in heard.rules_of(found)]

    def get_result(self, found: Consultation) -> list[str]:
        return [str(line) for line in counting.explained(found)]

    def get_takes_replies(self, found: Consultation) -> bool:
        return consulting.takes_replies(found)

    def get_is_late(self, found: Consultation) -> bool:
        return consulting.is_late(found)

    @extend_schema_field(SectionShape(many=True))
    def get_sections(self, found: Consultation) -> Any:
        return SectionShape(self.context["sections"], many=True, context=self.context).data


class NewReply(serializers.Serializer[Any]):
    """A reply of a section: the fields of the form on its page."""

    organisation = serializers.SlugField(help_text="The section that replies.")
    answer = serializers.CharField(help_text="for, against, abstain or objection.")
    grounds = serializers.CharField(
        required=False, max_length=5000, help_text="An objection needs them."
    )
    assembly = serializers.CharField(max_length=200, help_text="Who decided it.")
    decided_on = serializers.DateField()
    seen = serializers.IntegerField(
        required=False, min_value=0, help_text="The number of the section's last reply."
    )
