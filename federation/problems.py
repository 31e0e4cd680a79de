"""Errors of the API as application/problem+json (RFC 9457)."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer of REST framework in the shape of a problem: type, title, status, detail, errors."""
    response = exception_handler(error, context)
    if response is None:
        return None
    data = response.data
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": response.status_text,
        "status": response.status_code,
    }
    if isinstance(data, dict) and set(data) == {"detail"}:
        problem["detail"] = str(data["detail"])
    else:
        problem["detail"] = "The request has errors."
        problem["errors"] = data
    response.data = problem
    response.content_type = "application/problem+json"
    return response
