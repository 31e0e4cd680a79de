"""What waits for a second coordinator, for programs: read, confirmed, sent back, withdrawn."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from federation.idempotency import idempotent
from federation.states import NotOpen
from membership.api import decision_shapes as shapes
from membership.api import paging
from membership.api.access import REFUSED, Writing
from membership.api.moves import demand_all_right, plain
from membership.api.shapes import DecisionShape
from membership.desk import recording, seat_acts
from membership.forms.recording import SendBackForm
from membership.models import PreparedDecision
from membership.proceedings import seconding
from membership.seconding import preparing

STATES = ("waiting", "sent_back")
Done = dict[str, Any]


class Seconding(Writing):
    """Finds them among those of the federations that the person behind the token coordinates."""

    def rows(self, *, writes: bool = False) -> Any:
        person = self.demand_person(writes=writes)
        return PreparedDecision.objects.managed_by(person).select_related(
            "federation", "proceeding__federation", "proceeding__organisation"
        )


class Prepared(Seconding):
    @extend_schema(
        operation_id="prepared_list",
        parameters=paging.parameters(STATES),
        responses={200: shapes.PreparedRows, **REFUSED},
    )
    def get(self, request: Any) -> Response:
        """What waits for a second coordinator or was sent back, the oldest first."""
        rows = self.rows().standing()
        state, page = paging.asked(request, STATES)
        if state:
            rows = rows.filter(sent_back_at__isnull=state == "waiting")
        context = {"user": self.person()}
        told = paging.paged(
            request, rows, page,
            lambda some: shapes.PreparedRow(some, many=True, context=context).data,
        )  # fmt: skip
        return Response(told)


class PreparedMove(Seconding):
    @extend_schema(request=shapes.PreparedTerms, responses={200: shapes.DoneShape, **REFUSED})
    @idempotent
    def post(self, request: Any, prepared: uuid.UUID, move: str) -> Response:
        """`confirm` and `send_back` what another has prepared; `withdraw` what is one's own.

        What was sent back any coordinator may withdraw. What is prepared never changes: who
        confirms it by its id confirms what was read.
        """
        rows = self.rows(writes=True)
        if move not in DOORS:
            raise Http404
        found = rows.filter(pk=prepared).first()
        if found is None:
            if preparing.was_there(prepared, by=self.person()):
                raise NotOpen(preparing.OVER)
            raise Http404
        form_class, act = DOORS[move]
        form = form_class(plain(request.data))
        demand_all_right(form)
        done = act(found, by=self.person(), **form.cleaned_data)
        empty = {"id": prepared, "move": move, "decision": None, "proceeding": None}
        return Response({**empty, **done})


def _confirm(found: PreparedDecision, *, by: Any) -> Done:
    """Through the door that it was prepared at, as on the page."""
    try:
        if found.proceeding is not None:
            done = seconding.confirm(found, by=by)
            told = DecisionShape(done.decision).data if done.decision else None
            return {"proceeding": done.reference, "decision": told}
        if found.act:
            seat_acts.confirm(found, by=by)
            return {}
        return {"decision": DecisionShape(recording.confirm(found, by=by)).data}
    except ValidationError as refusal:  # not of what was sent: things have changed since
        raise NotOpen(" ".join(refusal.messages)) from refusal


def _send_back(found: PreparedDecision, *, by: Any, reason: str) -> Done:
    preparing.send_back(found, by=by, reason=reason)
    return {}


def _withdraw(found: PreparedDecision, *, by: Any) -> Done:
    preparing.withdraw(found, by=by)
    return {}


DOORS: dict[str, Any] = {
    shapes.CONFIRM: (forms.Form, _confirm),
    shapes.SEND_BACK: (SendBackForm, _send_back),
    shapes.WITHDRAW: (forms.Form, _withdraw),
}
