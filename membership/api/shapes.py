"""What the API takes and tells about requests."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from federation.models import Federation
from federation.states import APPLICANT, moves_for
from membership.models import AffiliationRequest
from membership.requests.next_steps import next_step, you
from membership.requests.standing import decision_of
from membership.summaries import is_of_rule

# Made by other moves, or by confirming an address.
INNER = ("submit", "propose")


class StepShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    move = serializers.CharField(source="verb")
    label = serializers.CharField(help_text="What was done, in words.")
    at = serializers.DateTimeField()
    by = serializers.SerializerMethodField(
        help_text="The office that acted, `applicant`, or `rule`."
    )
    state = serializers.CharField(source="target", help_text="The state that it led to.")
    note = serializers.CharField(help_text="The question, the answer or the reason.")

    @extend_schema_field(serializers.CharField())
    def get_by(self, step: Any) -> str:
        if is_of_rule(step):  # nobody did it: its day had come
            return "rule"
        return step.office or ("applicant" if step.by is None else "")


class NextShape(serializers.Serializer[Any]):
    what = serializers.CharField(help_text="What happens next.")
    by_whom = serializers.CharField()
    by_when = serializers.DateField(allow_null=True)


class MoveShape(serializers.Serializer[Any]):
    move = serializers.CharField(source="verb")
    label = serializers.CharField()
    needs_reason = serializers.BooleanField(source="reason")


class DocumentShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField(source="file.name")
    media_type = serializers.CharField(source="file.media_type")
    size = serializers.IntegerField(source="file.size", help_text="Of the cleaned file, in bytes.")
    added_at = serializers.DateTimeField()


class DecisionShape(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    body = serializers.CharField()
    decided_on = serializers.DateField()
    place = serializers.CharField()
    reference = serializers.CharField()


class ProposalShape(serializers.Serializer[Any]):
    """A decision that one coordinator has proposed and another one has to confirm."""

    move = serializers.CharField(source="verb", help_text="accept or decline.")
    at = serializers.DateTimeField()
    terms = serializers.SerializerMethodField(help_text="The fields of that move, as filled in.")
    has_document = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_terms(self, proposal: Any) -> dict[str, Any]:
        return {name: value for name, value in proposal.terms.items() if name != "document"}

    def get_has_document(self, proposal: Any) -> bool:
        return "document" in proposal.terms


class RequestShape(serializers.ModelSerializer[AffiliationRequest]):
    """A request as its applicant and those who decide see it."""

    url = serializers.SerializerMethodField(help_text="Where it is read in this API.")
    federation = serializers.SlugRelatedField[Federation](slug_field="slug", read_only=True)
    status = serializers.CharField(source="status.slug", help_text="The status asked for.")
    organisation = serializers.SerializerMethodField(
        help_text="Its slug, once it stands in the public directory."
    )
    step = serializers.IntegerField(help_text="The number of its last step: send it as `seen`.")
    answers = serializers.SerializerMethodField(help_text="What the applicant wrote.")
    email = serializers.EmailField(help_text="Where the letters go.")
    next = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField(help_text="What may be done now, by whoever asks.")
    proposal = serializers.SerializerMethodField(
        help_text="For coordinators: the decision that waits for a second one."
    )
    steps = StepShape(many=True)
    documents = DocumentShape(many=True)
    decision = serializers.SerializerMethodField(help_text="As it stands, if it was corrected.")

    class Meta:
        model = AffiliationRequest
        fields = (
            *("reference", "url", "federation", "status", "state", "step", "organisation"),
            *("created_at", "submitted_at", "language", "email", "answers", "answer_due"),
            *("next", "moves", "proposal", "steps", "documents", "decision"),
        )

    def get_url(self, filing: AffiliationRequest) -> str:
        return reverse("api-request", args=[filing.reference])

    def get_organisation(self, filing: AffiliationRequest) -> str | None:
        found = filing.organisation
        return found.slug if found and found.visibility in found.OPEN else None

    def get_answers(self, filing: AffiliationRequest) -> dict[str, Any]:
        return dict(filing.answers)

    @extend_schema_field(DecisionShape(allow_null=True))
    def get_decision(self, filing: AffiliationRequest) -> Any:
        found = decision_of(filing)
        return DecisionShape(found).data if found else None

    @extend_schema_field(NextShape)
    def get_next(self, filing: AffiliationRequest) -> Any:
        what, by_whom, by_when = next_step(filing)
        if by_whom == you() and self.context["user"] is not None:
            by_whom = _("the applicant")  # whoever reads it decides
        return {"what": str(what), "by_whom": str(by_whom), "by_when": by_when}

    @extend_schema_field(ProposalShape(allow_null=True))
    def get_proposal(self, filing: AffiliationRequest) -> Any:
        found = filing.proposal_now() if self.context["user"] is not None else None
        return ProposalShape(found).data if found else None

    @extend_schema_field(MoveShape(many=True))
    def get_moves(self, filing: AffiliationRequest) -> Any:
        user = self.context["user"]
        moves = moves_for(filing, APPLICANT if user is None else user)
        told = MoveShape([move for move in moves if move.verb not in INNER], many=True).data
        proposal = filing.proposal_now()
        if user is not None and proposal is not None and proposal.by != user.pk:
            told.append({"move": "confirm", "label": _("Confirm"), "needs_reason": False})
        return told


class RequestRow(serializers.ModelSerializer[AffiliationRequest]):
    """One line of the list of those who decide: no name of a person, no address."""

    url = serializers.SerializerMethodField()
    federation = serializers.SlugRelatedField[Federation](slug_field="slug", read_only=True)
    status = serializers.CharField(source="status.slug")
    name = serializers.CharField(source="organisation.name", default="")

    class Meta:
        model = AffiliationRequest
        fields = ("reference", "url", "federation", "status", "state", "step", "name",
                  "submitted_at", "answer_due")  # fmt: skip

    def get_url(self, filing: AffiliationRequest) -> str:
        return reverse("api-request", args=[filing.reference])


class RequestRows(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = RequestRow(many=True)


class NewRequest(serializers.Serializer[Any]):
    """What begins a draft."""

    federation = serializers.SlugField()
    status = serializers.SlugField()
    email = serializers.EmailField(max_length=254)
    language = serializers.CharField(max_length=15, required=False, help_text="Of the letters.")
    answers = serializers.DictField(required=False, help_text="By the name of the question.")


class ChangedRequest(serializers.Serializer[Any]):
    """What changes a draft; what is left out stays."""

    email = serializers.EmailField(max_length=254, required=False)
    answers = serializers.DictField(required=False)


class CodeWanted(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)


class CodeTyped(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    code = serializers.CharField(max_length=40)
    proof = serializers.CharField(
        max_length=600, required=False, allow_blank=True,
        help_text="Of work, for sending off more than a few: see `proof` of a draft.",
    )  # fmt: skip


class KeyGiven(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="Send it as `Authorization: Bearer …`.")
    expires_in = serializers.IntegerField(allow_null=True, help_text="Seconds.")


class Upload(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="PDF, JPEG, PNG, ODT or DOCX, at most 10 MB.")
