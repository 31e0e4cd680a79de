"""Who acts by the API, on which request, and how a refusal is told."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotAuthenticated, PermissionDenied, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from federation.files.refusals import NotTaken
from federation.problems import MEDIA_TYPE, Problem, problem
from federation.states import NeedsReason, NotYours, Overtaken, Refused
from federation.tokens import TokenAuthentication
from membership import references
from membership.api import keys, shapes
from membership.entrance import guards
from membership.models import AffiliationRequest
from membership.views.guards import may

REFUSED = {(400, MEDIA_TYPE): Problem, (401, MEDIA_TYPE): Problem, (409, MEDIA_TYPE): Problem}


class TooMuch(APIException):
    status_code = 413
    default_detail = "The request is larger than what is taken here."


class Conflict(APIException):
    """Something is not open now, or was overtaken; `since` tells what happened."""

    status_code = 409

    def __init__(self, refusal: Refused) -> None:
        super().__init__(str(refusal))
        self.since = refusal.since if isinstance(refusal, Overtaken) else []


class Writing(APIView):
    """Acts for whoever shows a key or a token; a session of the pages counts for nothing here."""

    authentication_classes: ClassVar[Any] = [TokenAuthentication]
    permission_classes: ClassVar[Any] = [AllowAny]
    metadata_class = None
    since_shape: ClassVar[Any] = shapes.StepShape  # of what happened when one is overtaken

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Before anything is read of it."""
        most = getattr(self, "most_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if int(request.META.get("CONTENT_LENGTH") or 0) > most:
            raise TooMuch
        super().initial(request, *args, **kwargs)

    def handle_exception(self, error: Exception) -> Response:
        """What the doors raise, as problems."""
        if isinstance(error, Conflict):
            since = self.since_shape(error.since, many=True).data
            return self._problem(409, str(error.detail), since=since)
        if isinstance(error, NeedsReason):
            error = serializers.ValidationError({"note": [str(error)]})
        elif isinstance(error, NotYours):
            error = PermissionDenied(str(error))
        elif isinstance(error, Refused):
            return self.handle_exception(Conflict(error))
        elif isinstance(error, guards.MustWait):
            error = Throttled(wait=error.seconds)
        elif isinstance(error, NotTaken):
            error = serializers.ValidationError({"file": [str(error)]})
        elif isinstance(error, ValidationError):
            named = hasattr(error, "error_dict")
            error = serializers.ValidationError(
                error.message_dict if named else {"detail": error.messages}
            )
        return super().handle_exception(error)

    def _problem(self, status: int, detail: str, **more: Any) -> Response:
        response = Response(problem(status, detail, **more), status=status)
        response.content_type = MEDIA_TYPE
        return response

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    # --- who asks, and for what

    def person(self) -> Any:
        """The account whose token was shown, or None."""
        user = self.request.user
        return user if user.is_authenticated else None

    def demand_person(self, *, writes: bool) -> Any:
        person = self.person()
        if person is None:
            raise NotAuthenticated("Show a token of yours.")
        if writes and not self.request.auth.may_write:
            raise PermissionDenied("This token may read only.")
        return person

    def own(self, reference: str, *, writes: bool = False) -> AffiliationRequest:
        """The request that the caller may see: by its key, or in what its token manages."""
        rows = AffiliationRequest.objects.select_related(
            "federation", "status__federation", "procedure__federation", "organisation", "decision"
        )
        exact = references.normal(reference)
        filing = rows.filter(reference=exact).first() if exact == reference else None
        if filing is not None and keys.opens(self.request, filing):
            return filing
        person = self.person()
        if person is None:
            raise NotAuthenticated("Show the key of this request, or a token.")
        managed = AffiliationRequest.objects.managed_by(person)
        if filing is None or not managed.filter(pk=filing.pk).exists():
            raise Http404
        if writes:
            self.demand_person(writes=True)
        return filing

    def applicants(self, reference: str) -> AffiliationRequest:
        """The request, for its applicant alone."""
        filing = self.own(reference)
        if self.person() is not None:
            raise PermissionDenied(str(NotYours()))
        return filing

    def spend(self, purpose: str, amount: int) -> None:
        if not may(self.request, purpose, amount):
            raise Throttled(wait=3600 // amount)

    def told(self, filing: AffiliationRequest, status: int = 200, **more: Any) -> Response:
        shape = shapes.RequestShape(filing, context={"user": self.person()})
        return Response({**shape.data, **more}, status=status)


def checked(shape: type[serializers.Serializer[Any]], request: Any) -> dict[str, Any]:
    """What was sent, if it has the shape; unknown names are refused, not ignored."""
    if not isinstance(request.data, dict):
        raise serializers.ValidationError({"detail": ["Send an object."]})
    found = shape(data=request.data)
    unknown = {
        name: ["There is no such field."] for name in request.data if name not in found.fields
    }
    if not found.is_valid() or unknown:
        raise serializers.ValidationError({**found.errors, **unknown})
    valid: dict[str, Any] = found.validated_data
    return valid
