"""Errors of the API as application/problem+json (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, JsonResponse
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from federation.outages import is_outage

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
NOT_THERE = "There is nothing at this address."


class Problem(serializers.Serializer[Any]):
    """The shape of every error of the API."""

    type = serializers.CharField(help_text="about:blank: the title tells what kind it is.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Messages by the name of the parameter they are about.",
    )


def problem(status: int, detail: str, **more: Any) -> dict[str, Any]:
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}


def refused(status: int, detail: str, **more: Any) -> JsonResponse:
    """A problem as the answer of a view that is none of the API framework's."""
    return JsonResponse(problem(status, detail, **more), status=status, content_type=MEDIA_TYPE)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of the API in the shape of a problem; the unforeseen ones are logged."""
    if isinstance(error, SuspiciousOperation):
        response = Response(problem(400, "The request cannot be read."), status=400)
    elif isinstance(error, Http404):
        response = Response(problem(404, NOT_THERE), status=404)
    else:
        known = exception_handler(error, context)
        if known is None:
            return _unforeseen(error)
        known.data = _described(error, known)
        response = known
    response.content_type = MEDIA_TYPE
    return response


def _described(error: Exception, response: Response) -> dict[str, Any]:
    if isinstance(error, serializers.ValidationError):
        return problem(response.status_code, "The request has errors.", errors=response.data)
    return problem(response.status_code, str(response.data["detail"]))


def _unforeseen(error: Exception) -> Response | None:
    """A fault of ours. In development Django's own page tells more."""
    if settings.DEBUG:
        return None
    if is_outage(error):
        return None  # the database is away: answered like everywhere, with when to try again
    logger.error("Unforeseen error in the API", exc_info=error)
    return Response(
        problem(500, "The fault is ours, and it was noted."), status=500, content_type=MEDIA_TYPE
    )
