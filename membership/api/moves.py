"""The moves: those of the applicant and those of the desk, by the same forms and doors."""

from functools import partial
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from federation.idempotency import idempotent
from federation.states import NotYours
from membership.api import shapes
from membership.api.access import REFUSED, Writing
from membership.api.terms import shape_of
from membership.forms.decisions import MoveForm
from membership.forms.following import AnswerForm, WithdrawForm
from membership.models import AffiliationRequest
from membership.requests import proposals, workflow
from membership.views.kinds import REQUEST, Door

APPLICANTS: dict[str, Any] = {
    "answer": (AnswerForm, workflow.answer),
    "withdraw": (WithdrawForm, workflow.withdraw),
    "appeal": (AnswerForm, workflow.appeal),
}
# Where the procedure wants a second person, accepting and declining propose, and another confirms.
CONFIRM = "confirm"
DESK = {**REQUEST.doors, CONFIRM: Door(MoveForm, proposals.confirm)}

RequestTerms = shape_of(
    "RequestTerms",
    {move: form for move, (form, _act) in APPLICANTS.items()}
    | {move: door.form for move, door in DESK.items()},
)


class RequestMove(Writing):
    @extend_schema(request=RequestTerms, responses={200: shapes.RequestShape, **REFUSED})
    @idempotent
    def post(self, request: Any, reference: str, move: str) -> Response:
        """Make a move. It takes the fields of its form on the page; what is wrong is named."""
        filing = self.own(reference, writes=True)
        person = self.person()
        # Nobody confirms what they have not read: it might have been replaced meanwhile.
        seen = {} if move == CONFIRM else {"seen": filing.step}
        sent = seen | plain(request.data)
        if person is None:
            if move not in APPLICANTS:
                raise NotYours if move in DESK else Http404
            form_class, act = APPLICANTS[move]
            form = form_class(sent)
            act = partial(act, filing)
        else:
            if move not in DESK:
                raise NotYours if move in APPLICANTS else Http404
            door = DESK[move]
            form = door.form(sent, filing=filing)
            act = partial(door.act, filing, by=person)
        demand_all_right(form)
        terms = form.terms if hasattr(form, "terms") else form.cleaned_data
        return self.told(self.own_again(act(**terms)))

    def own_again(self, done: AffiliationRequest) -> AffiliationRequest:
        return AffiliationRequest.objects.select_related("organisation", "decision").get(pk=done.pk)


def demand_all_right(form: Any) -> None:
    """What was filled in, and no more than the form has; else what is wrong is named."""
    told = "Nothing is sent here."
    if form.fields:
        told = f"There is no such field here, but {', '.join(form.fields)}."
    unknown = {name: [told] for name in form.data if name not in form.fields}
    if not form.is_valid() or unknown:
        raise serializers.ValidationError({**form.errors, **unknown})


def plain(data: Any) -> dict[str, Any]:
    """Fields by name, each a single value written out, as the forms of moves take them."""
    if not isinstance(data, dict):
        raise serializers.ValidationError({"detail": ["Send an object."]})
    wrong = {
        name: ["A text, a number, yes or no."]
        for name, value in data.items()
        if not isinstance(value, str | int | float | bool | None)
    }
    if wrong:
        raise serializers.ValidationError(wrong)
    return {name: str(value) for name, value in data.items() if value is not None}
