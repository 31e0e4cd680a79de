"""Documents that an applicant adds to a request: a few, cleaned, and read by the deciders only."""

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.files import keeping
from federation.models import StoredFile
from federation.states import NotOpen, Refused
from membership.models import AffiliationRequest, Document

MOST = 5
State = AffiliationRequest.State


class Enough(Refused):
    message = _("There are five documents already, and no more are taken. Remove one first.")


def may_add(request: AffiliationRequest) -> bool:
    """While it is written, and while the federation waits for an answer."""
    return request.state in (State.DRAFT, State.NEEDS_ANSWER)


def may_remove(request: AffiliationRequest) -> bool:
    """What was sent stays."""
    return request.state == State.DRAFT


def documents_of(request: AffiliationRequest) -> list[Document]:
    """In the order in which they came, without their content."""
    found = Document.objects.filter(request=request).select_related("file")
    return list(found.defer("file__content"))


def attach(request: AffiliationRequest, upload: "UploadedFile[Any]") -> Document:
    """Clean the file and add it: wholly, or not at all.

    Raises NotTaken for the file's sake, NotOpen or Enough for the request's.
    """
    file = keeping.cleaned(upload)
    with transaction.atomic():
        fresh = _locked(request)
        if not may_add(fresh):
            raise NotOpen
        if fresh.documents.count() >= MOST:
            raise Enough
        return Document.objects.create(request=fresh, file=keeping.keep(file))


def remove(document: Document) -> None:
    """Take the document away, and its file with it."""
    with transaction.atomic():
        if not may_remove(_locked(document.request)):
            raise NotOpen
        StoredFile.objects.filter(document=document.pk).delete()


def remove_all(requests: Iterable[AffiliationRequest]) -> None:
    """Before requests are deleted: a file goes with its document, not the other way round."""
    StoredFile.objects.filter(document__request__in=list(requests)).delete()


def _locked(request: AffiliationRequest) -> Any:
    """The row as it is now; whoever else adds to it waits until this is done."""
    rows = AffiliationRequest.objects.select_for_update()
    fresh: Any = rows.get(pk=request.pk)
    fresh.changed_at = timezone.now()
    fresh.save(update_fields=["changed_at"])
    return fresh
