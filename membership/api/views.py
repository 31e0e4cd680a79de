"""Drafts and documents: what the pages do, for programs."""

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response

from federation import audit
from federation.files.receiving import takes_files
from federation.idempotency import idempotent
from federation.states import federation_slug
from membership.api import drafts, keys, paging, shapes
from membership.api.access import REFUSED, Writing, checked
from membership.models import AffiliationRequest
from membership.requests import documents
from membership.views.guards import DRAFTS_AN_HOUR

FILES_AN_HOUR = 60
State = AffiliationRequest.State


class Requests(Writing):
    """The requests of one's federations, and the way to begin one."""

    @extend_schema(
        operation_id="requests_list",
        parameters=paging.parameters(State.values),
        responses={200: shapes.RequestRows, **REFUSED},
    )
    def get(self, request: Any) -> Response:
        """Those that the person behind the token decides on, fifty on a page."""
        person = self.demand_person(writes=False)
        rows = AffiliationRequest.objects.managed_by(person).order_by("submitted_at", "pk")
        rows = rows.select_related("federation", "status", "organisation")
        state, page = paging.asked(request, State.values)
        if state:
            rows = rows.filter(state=state)
        told = paging.paged(
            request, rows, page, lambda some: shapes.RequestRow(some, many=True).data
        )
        return Response(told)

    @extend_schema(request=shapes.NewRequest, responses={201: shapes.RequestShape, **REFUSED})
    @idempotent
    def post(self, request: Any) -> Response:
        """Begin a draft. The answer has the `key` with which it is filled in and sent."""
        given = checked(shapes.NewRequest, request)
        self.spend("draft", DRAFTS_AN_HOUR)
        draft = drafts.begin(given, self.person())
        return self.told(draft, 201, key=keys.draft_key(draft), **drafts.progress(request, draft))


class OneRequest(Writing):
    @extend_schema(responses={200: shapes.RequestShape, **REFUSED})
    def get(self, request: Any, reference: str) -> Response:
        """The request with its timeline, what comes next, and the moves that are open."""
        filing = self.own(reference)
        person = self.person()
        if person is not None:
            audit.record(
                audit.Action.READ, filing, by=person, office=filing.office_of(person),
                federation=federation_slug(filing),
            )  # fmt: skip
        if filing.state == State.DRAFT:
            return self.told(filing, **drafts.progress(request, filing))
        return self.told(filing)

    @extend_schema(request=shapes.ChangedRequest, responses={200: shapes.RequestShape, **REFUSED})
    def patch(self, request: Any, reference: str) -> Response:
        """Change a draft: the answers that are sent, and no others."""
        draft = self.applicants(reference)
        given = checked(shapes.ChangedRequest, request)
        changed = drafts.change(draft, given, self.person())
        return self.told(changed, **drafts.progress(request, changed))


@takes_files
class RequestDocuments(Writing):
    parser_classes: ClassVar[Any] = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": shapes.Upload},
        responses={201: shapes.DocumentShape, **REFUSED},
    )
    @idempotent
    def post(self, request: Any, reference: str) -> Response:
        """Attach a document, while it is a draft or a question waits for its answer."""
        filing = self.applicants(reference)
        given = checked(shapes.Upload, request)
        self.spend("upload", FILES_AN_HOUR)
        added = documents.attach(filing, given["file"])
        return Response(shapes.DocumentShape(added).data, status=201)


class RequestDocument(Writing):
    @extend_schema(responses={204: None, **REFUSED})
    def delete(self, request: Any, reference: str, key: Any) -> Response:
        """Take a document away from a draft."""
        filing = self.applicants(reference)
        found = filing.documents.filter(pk=key).first()
        if found is None:
            raise Http404
        documents.remove(found)
        return Response(status=204)
