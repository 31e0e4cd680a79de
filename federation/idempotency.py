"""A request sent twice acts once: the header `Idempotency-Key` (control C51).

The answer is kept in the transaction of what it tells, sealed, for a day: either both are
there or neither. The same key with another body is a mistake, and refused as one.
"""

import datetime
import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from federation.encryption import blind_index
from federation.limits import client_network
from federation.models import KeptAnswer
from federation.tokens import bearer

KEPT = datetime.timedelta(days=1)
LONGEST_KEY = 255
View = Callable[..., Response]


class OtherBody(APIException):
    status_code = 422
    default_detail = "This Idempotency-Key was sent before with another content."


class BadKey(APIException):
    status_code = 400
    default_detail = "The Idempotency-Key must have between 1 and 255 visible characters."


class _Failed(Exception):
    """Takes everything back; the answer is given, not kept."""


def idempotent(view: View) -> View:
    """For a method of an API view that acts."""

    @functools.wraps(view)
    def once(self: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(self, request, *args, **kwargs)
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            raise BadKey
        # A stranger who hits on the key of somebody without a bearer is not told what they were.
        who = bearer(request) or client_network(request)
        mark = blind_index(f"{who}\0{request.path}\0{key}", "api.idempotency")
        content = _fingerprint(request)
        KeptAnswer.objects.filter(key=mark, at__lt=timezone.now() - KEPT).delete()
        answers: list[Response] = []
        try:
            with transaction.atomic():
                # Of two at once the second waits here until the first has been answered.
                kept = KeptAnswer.objects.create(key=mark, request=content)
                answers.append(_answer(self, view, request, args, kwargs))
                if answers[0].status_code >= 500 or answers[0].status_code == 429:
                    raise _Failed
                kept.status = answers[0].status_code
                kept.answer = JSONRenderer().render(answers[0].data).decode()
                kept.save()
        except _Failed:
            return answers[0]
        except IntegrityError:
            if answers:
                raise
            return _again(mark, content)
        return answers[0]

    return once


def _answer(self: Any, view: View, request: Any, args: Any, kwargs: Any) -> Response:
    """What the view answers, a refusal too, told as the view tells it.

    What a refusal leaves behind on purpose stays, such as a code's counted try: the doors
    take back their own.
    """
    try:
        return view(self, request, *args, **kwargs)
    except Exception as error:  # noqa: BLE001 - told, or raised again, by the view
        refusal: Response = self.handle_exception(error)
        return refusal


def _again(mark: str, content: str) -> Response:
    kept = KeptAnswer.objects.get(key=mark)
    if kept.request != content:
        raise OtherBody
    response = Response(json.loads(kept.answer), status=kept.status)
    response.headers["Idempotent-Replayed"] = "true"
    if kept.status and kept.status >= 400:
        response.content_type = "application/problem+json"
    return response


def _fingerprint(request: Any) -> str:
    """Of all that was sent: the fields, and the bytes of files."""
    data = request.data
    if hasattr(data, "lists"):
        fields = [[name, [_plain(value) for value in values]] for name, values in data.lists()]
        text = json.dumps(sorted(fields), sort_keys=True)
    else:
        text = json.dumps(data, sort_keys=True)
    return blind_index(text, "api.idempotency.body")


def _plain(value: Any) -> str:
    if not isinstance(value, UploadedFile):
        return str(value)
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return f"file {value.name} {digest.hexdigest()}"


def forget_old() -> int:
    """Remove answers older than a day; returns how many."""
    return int(KeptAnswer.objects.filter(at__lt=timezone.now() - KEPT).delete()[0])
