"""Sponsors for programs: naming another, who asks one's organisations, and their answers."""

import uuid
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from federation.idempotency import idempotent
from membership.api import paging, shapes
from membership.api.access import REFUSED, Writing, checked
from membership.api.moves import demand_all_right, plain
from membership.forms.consultations import SponsorForm, WrittenAnswerForm
from membership.forms.sections import AnotherSponsorForm
from membership.models import AffiliationRequest, Sponsorship
from membership.requests import sponsoring
from membership.views.guards import PROOFS_AN_HOUR

State = Sponsorship.State


class SponsorshipShape(serializers.ModelSerializer[Sponsorship]):
    """An organisation that was named as a sponsor, and what it answered."""

    id = serializers.UUIDField(source="pk", read_only=True)
    organisation = serializers.CharField(source="organisation.slug")
    federation = serializers.CharField(source="request.federation.slug")
    reference = serializers.CharField(source="request.reference", help_text="Of the request.")
    name = serializers.CharField(
        source="request.organisation.name", help_text="Of the organisation that asks."
    )
    state = serializers.CharField(help_text="asked, given or refused.")
    is_recorded = serializers.SerializerMethodField(
        help_text="The organisation wrote it to the coordinators, who recorded it."
    )

    class Meta:
        model = Sponsorship
        fields = ("id", "organisation", "federation", "reference", "name", "state", "note",
                  "answered_at", "is_recorded")  # fmt: skip

    def get_is_recorded(self, row: Sponsorship) -> bool:
        return row.is_recorded


class SponsorshipRows(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SponsorshipShape(many=True)


class SponsorAnswer(serializers.Serializer[Any]):
    """The fields of the form on the page."""

    answer = serializers.CharField(help_text="given or refused.")
    note = serializers.CharField(required=False, max_length=2000)
    came_by = serializers.CharField(
        required=False, help_text="letter, email or meeting: asked of coordinators alone."
    )
    answered_on = serializers.DateField(required=False, help_text="Asked of coordinators alone.")


class NewSponsor(serializers.Serializer[Any]):
    sponsor = serializers.SlugField(help_text="A section of the federation.")


class RequestSponsors(Writing):
    @extend_schema(request=NewSponsor, responses={201: shapes.RequestShape, **REFUSED})
    @idempotent
    def post(self, request: Any, reference: str) -> Response:
        """The applicant names another sponsor, as long as too few vouch."""
        filing = self.applicants(reference)
        checked(NewSponsor, request)
        self.spend("proof", PROOFS_AN_HOUR)
        form = AnotherSponsorForm(plain(request.data), filing=filing)
        demand_all_right(form)
        sponsoring.name_another(filing, form.chosen)
        return self.told(filing, 201)


class Answering(Writing):
    """Finds them among those that the person behind the token may answer, or decides on."""

    def rows(self, *, writes: bool = False) -> Any:
        person = self.demand_person(writes=writes)
        own, run = Sponsorship.objects.told_by(person), Sponsorship.objects.managed_by(person)
        found = Sponsorship.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=run.values("pk")))
        return found.exclude(request__state=AffiliationRequest.State.DRAFT).select_related(
            "organisation", "request__organisation", "request__federation"
        )


class Sponsorships(Answering):
    @extend_schema(
        operation_id="sponsorships_list",
        parameters=paging.parameters(State.values),
        responses={200: SponsorshipRows, **REFUSED},
    )
    def get(self, request: Any) -> Response:
        """Those asked of one's organisations, and those of the requests that one decides on."""
        rows = self.rows().order_by("request__submitted_at", "pk")
        state, page = paging.asked(request, State.values)
        if state:
            rows = rows.filter(state=state)
        told = paging.paged(
            request, rows, page, lambda some: SponsorshipShape(some, many=True).data
        )
        return Response(told)


class SponsorshipAnswer(Answering):
    @extend_schema(request=SponsorAnswer, responses={200: SponsorshipShape, **REFUSED})
    @idempotent
    def post(self, request: Any, sponsorship: uuid.UUID) -> Response:
        """Vouch or decline, once; or record what a sponsor without a secretary here wrote."""
        found = get_object_or_404(self.rows(writes=True), pk=sponsorship)
        person = self.person()
        is_own = Sponsorship.objects.answered_by(person).filter(pk=found.pk).exists()
        sent = plain(request.data)
        form: Any = (SponsorForm if is_own else WrittenAnswerForm)(sent)
        demand_all_right(form)
        door = sponsoring.answer_sponsorship if is_own else sponsoring.record_answer
        door(found, by=person, **form.terms)
        return Response(SponsorshipShape(self.rows().get(pk=found.pk)).data)
