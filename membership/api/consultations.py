"""Consultations for programs: what one's sections are asked, their replies, and the overview."""

import uuid
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from federation.idempotency import idempotent
from membership.api import consultation_shapes as shapes
from membership.api import paging
from membership.api.access import REFUSED, Writing, checked
from membership.api.moves import demand_all_right, plain
from membership.consultations import consulting
from membership.forms.consultations import ReplyForm
from membership.models import Consultation, Consulted
from membership.views.consultations import ABOUT

STATES = ("running", "closed")


class Asking(Writing):
    """Finds them among those that the person behind the token may see."""

    since_shape: ClassVar[Any] = shapes.ReplyShape

    def rows(self, *, writes: bool = False) -> Any:
        person = self.demand_person(writes=writes)
        return Consultation.objects.visible_to(person).select_related(*ABOUT)

    def told(self, found: Consultation, status: int = 200) -> Response:
        """All of it for those who run it, for the others what their own sections said."""
        person = self.person()
        rows = Consulted.objects.visible_to(person).filter(consultation=found)
        rows = rows.select_related("organisation").prefetch_related(
            "replies__consulted__organisation"
        )
        own = Consulted.objects.replied_by(person).filter(consultation=found)
        context = {
            "sections": list(rows.order_by("organisation__sort_name", "pk")),
            "own": set(own.values_list("pk", flat=True)),
        }
        return Response(shapes.ConsultationShape(found, context=context).data, status=status)


class Consultations(Asking):
    """Those that are asked of one's organisations, and those that one runs."""

    @extend_schema(
        operation_id="consultations_list",
        parameters=paging.parameters(STATES),
        responses={200: shapes.ConsultationRows, **REFUSED},
    )
    def get(self, request: Any) -> Response:
        """Those asked of the person's organisations, and those the person runs; fifty on a page."""
        rows = self.rows().order_by("closes_on", "pk")
        state, page = paging.asked(request, STATES)
        if state:
            rows = rows.filter(closed_at__isnull=state == "running")
        told = paging.paged(
            request, rows, page, lambda some: shapes.ConsultationRow(some, many=True).data
        )
        return Response(told)


class OneConsultation(Asking):
    @extend_schema(responses={200: shapes.ConsultationShape, **REFUSED})
    def get(self, request: Any, consultation: uuid.UUID) -> Response:
        """Whom it is about, the rules, and the replies: one's own, or all if one runs it."""
        return self.told(get_object_or_404(self.rows(), pk=consultation))


class Replies(Asking):
    @extend_schema(request=shapes.NewReply, responses={201: shapes.ConsultationShape, **REFUSED})
    @idempotent
    def post(self, request: Any, consultation: uuid.UUID) -> Response:
        """Record what a section replies. Until the last day another reply replaces it."""
        found = get_object_or_404(self.rows(writes=True), pk=consultation)
        sent = plain(request.data)
        slug = checked(shapes.NewReply, request)["organisation"]
        asked = Consulted.objects.replied_by(self.person()).filter(consultation=found)
        section = get_object_or_404(asked, organisation__slug=slug)
        del sent["organisation"]
        form = ReplyForm({"seen": _last(section), **sent})
        demand_all_right(form)
        consulting.reply(section, by=self.person(), **form.cleaned_data)
        return self.told(found, status=201)


def _last(section: Consulted) -> int:
    """The number of its last reply."""
    last = section.replies.order_by("-number").first()
    return last.number if last else 0
