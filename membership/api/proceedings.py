"""Proceedings for programs: the list, opening one, and the moves, by the pages' forms and doors."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from federation.idempotency import idempotent
from federation.states import NotOpen, NotYours
from membership.api import paging
from membership.api import proceeding_shapes as shapes
from membership.api.access import REFUSED, Writing, checked
from membership.api.moves import demand_all_right, plain
from membership.api.terms import shape_of
from membership.forms.proceedings import OpenForm
from membership.models import Proceeding
from membership.proceedings import seconding
from membership.proceedings.opening import office_for, open_proceeding
from membership.references import normal
from membership.views.opening import running_bonds
from membership.views.proceedings import DOORS

STATES = Proceeding.State.values
# These say which form it is; the rest is filled in there.
FRAME = ("kind", "organisation", "federation", "office")
ProceedingTerms = shape_of(
    "ProceedingTerms",
    {move: door.form for move, door in DOORS.items()},
    prepared=serializers.UUIDField(required=False, help_text=f"Of {shapes.CONFIRM}: its id."),
)


class Dealing(Writing):
    """Finds them among those that the person behind the token may see."""

    def rows(self, *, writes: bool = False) -> Any:
        person = self.demand_person(writes=writes)
        return Proceeding.objects.visible_to(person).with_last_days()

    def found(self, reference: str, *, writes: bool = False) -> Proceeding:
        rows = self.rows(writes=writes).select_related(
            "organisation", "federation", "other", "status__federation",
            "meeting__federation", "decision",
        )  # fmt: skip
        if normal(reference) != reference:
            raise Http404
        found: Proceeding = get_object_or_404(rows, reference=reference)
        return found

    def told(self, reference: str, status: int = 200) -> Response:
        shape = shapes.ProceedingShape(self.found(reference), context={"user": self.person()})
        return Response(shape.data, status=status)


class Proceedings(Dealing):
    """Those of one's federations and about one's organisations, and the way to open one."""

    @extend_schema(
        operation_id="proceedings_list",
        parameters=paging.parameters(STATES),
        responses={200: shapes.ProceedingRows, **REFUSED},
    )
    def get(self, request: Any) -> Response:
        """Those that the person behind the token may see, fifty on a page."""
        rows = self.rows().select_related("organisation", "federation", "meeting__federation")
        state, page = paging.asked(request, STATES)
        if state:
            rows = rows.filter(state=state)
        told = paging.paged(
            request, rows, page, lambda some: shapes.ProceedingRow(some, many=True).data
        )
        return Response(told)

    @extend_schema(request=shapes.NewProceeding, responses={201: shapes.ProceedingShape, **REFUSED})
    @idempotent
    def post(self, request: Any) -> Response:
        """Open one: a coordinator any kind, a secretary of the organisation its own kinds."""
        person = self.demand_person(writes=True)
        given = checked(shapes.NewProceeding, request)
        bond = get_object_or_404(
            running_bonds(person),
            organisation__slug=given["organisation"],
            federation__slug=given["federation"],
        )
        about = {"organisation": bond.organisation, "federation": bond.federation}
        kind = given["kind"]
        office = office_for(kind, **about, by=person, office=given.get("office", ""))
        sent = {name: value for name, value in plain(request.data).items() if name not in FRAME}
        statuses = bond.federation.statuses.exclude(pk=bond.status_id).select_related("federation")
        form = OpenForm(sent, kind=kind, office=office, statuses=statuses)
        demand_all_right(form)
        made = open_proceeding(kind=kind, **about, by=person, office=office, **form.cleaned_data)
        return self.told(made.reference, status=201)


class OneProceeding(Dealing):
    @extend_schema(responses={200: shapes.ProceedingShape, **REFUSED})
    def get(self, request: Any, reference: str) -> Response:
        """What it is about, its timeline, and the moves that are open."""
        return self.told(reference)


class ProceedingMove(Dealing):
    @extend_schema(request=ProceedingTerms, responses={200: shapes.ProceedingShape, **REFUSED})
    @idempotent
    def post(self, request: Any, reference: str, move: str) -> Response:
        """Make a move. It takes the fields of its form on the page; what is wrong is named."""
        found, person = self.found(reference, writes=True), self.person()
        if move == shapes.CONFIRM:
            return self.confirm(found, request)
        if move not in DOORS:
            raise Http404
        if found.move_named(move).who not in found.roles_of(person):
            raise NotYours
        sent = {"seen": found.step, **plain(request.data)}
        form = DOORS[move].form(sent, proceeding=found)
        demand_all_right(form)
        DOORS[move].act(found, by=person, **form.terms)
        return self.told(reference)

    def confirm(self, found: Proceeding, request: Any) -> Response:
        """Confirm, as the second person, the decision that was read."""
        person = self.person()
        if "decider" not in found.roles_of(person):
            raise NotYours
        wanted = checked(shapes.Seconded, request)["prepared"]
        prepared = seconding.prepared_now(found)
        if prepared is None or prepared.pk != wanted:
            raise NotOpen(_("No decision waits for a second person."))
        seconding.confirm(prepared, by=person)
        return self.told(found.reference)
