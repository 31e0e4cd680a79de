"""Codes that are mailed: for the key of a request, and to send a draft off."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from federation.idempotency import idempotent
from membership import references
from membership.api import keys, shapes
from membership.api.access import REFUSED, Writing, checked
from membership.entrance import codes, guards
from membership.models import AffiliationRequest
from membership.models.members import email_index
from membership.requests import sections, workflow
from membership.views.guards import PROOFS_AN_HOUR


class RequestCode(Writing):
    @extend_schema(request=shapes.CodeWanted, responses={202: None, **REFUSED})
    @idempotent
    def post(self, request: Any, reference: str) -> Response:
        """Mail a code to the applicant. The answer is the same whether the address fits or not."""
        given = checked(shapes.CodeWanted, request)
        self.spend("proof", PROOFS_AN_HOUR)
        filing = _filed(reference)
        if constant_time_compare(filing.email_index if filing else "", email_index(given["email"])):
            codes.send_code(filing)
        else:
            codes.seem_to_send(given["email"], "")
        return Response({"detail": "If the address fits, a code is on its way."}, status=202)


class RequestKey(Writing):
    @extend_schema(request=shapes.CodeTyped, responses={200: shapes.KeyGiven, **REFUSED})
    def post(self, request: Any, reference: str) -> Response:
        """Give the code that was mailed; the answer has a key that is good for an hour."""
        given = checked(shapes.CodeTyped, request)
        filing = _redeemed(self, reference, given, None)
        seconds = int(keys.PROOF_LASTS.total_seconds())
        return Response({"key": keys.proved_key(filing), "expires_in": seconds})


class RequestSubmit(Writing):
    @extend_schema(request=shapes.CodeTyped, responses={200: shapes.RequestShape, **REFUSED})
    @idempotent
    def post(self, request: Any, reference: str) -> Response:
        """Send a draft off, with the code that was mailed. Nobody sees it before."""
        given = checked(shapes.CodeTyped, request)
        send = partial(_send, self, given.get("proof", ""))
        filing = _redeemed(self, reference, given, send)
        return self.told(filing, key=keys.proved_key(filing))


def _send(view: Writing, proof: str, draft: AffiliationRequest) -> AffiliationRequest:
    sections.demand_complete(draft)
    proved = bool(proof) and guards.use_proof(draft, proof)
    http: HttpRequest = view.request
    guards.count_sending(http, draft, is_proved=proved)
    return workflow.submit_request(draft)


def _filed(reference: str) -> Any:
    exact = references.normal(reference)
    found = AffiliationRequest.objects.filter(reference=exact) if exact == reference else None
    return found.first() if found is not None else None


def _redeemed(
    view: Writing,
    reference: str,
    given: dict[str, Any],
    then: Callable[[AffiliationRequest], AffiliationRequest] | None,
) -> AffiliationRequest:
    """The request whose code it was; the code is used up with what `then` does, or not at all."""
    view.spend("code", PROOFS_AN_HOUR)
    index = email_index(given["email"])
    with transaction.atomic():
        filing = _filed(reference)
        if filing is None or not constant_time_compare(filing.email_index, index):
            codes.seem_to_use(AffiliationRequest, index, given["code"])
            filing = None
        elif not codes.use_code(filing, given["code"]):
            filing = None
        elif then is not None:
            filing = then(filing)
    if filing is None:
        wrong = ["This code is wrong, used already, or older than an hour."]
        raise serializers.ValidationError({"code": wrong})
    return filing
