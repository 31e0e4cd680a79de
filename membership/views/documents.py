"""The applicant's page for documents, and downloads for the applicant and the deciders."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from federation import audit
from federation.files import keeping
from federation.files.receiving import takes_files
from federation.files.refusals import NotTaken
from federation.outages import NOT_SAVED, is_outage
from federation.states import Refused, federation_slug
from membership.entrance import sessions
from membership.forms.documents import DocumentsForm
from membership.models import AffiliationRequest, Document
from membership.references import normal
from membership.requests import documents
from membership.views.guards import may, private, too_many
from membership.views.kinds import REQUEST

FILES_AN_HOUR = 60


def _own(request: HttpRequest, reference: str) -> AffiliationRequest | None:
    found: AffiliationRequest | None = sessions.open_here(
        request, AffiliationRequest.objects.all(), reference
    )
    return found


# --- the applicant --------------------------------------------------------------------------


@takes_files
@private
def request_documents(request: HttpRequest, reference: str) -> HttpResponse:
    """What was added, and the form to add more."""
    own = _own(request, reference)
    if own is None:
        return redirect(REQUEST.page(reference))
    form = DocumentsForm()
    if request.method == "POST":
        form = DocumentsForm(request.POST, request.FILES)
        if form.is_valid():
            if not may(request, "upload", FILES_AN_HOUR):
                return too_many(request, FILES_AN_HOUR)
            if _attach(request, own, form):
                return redirect("membership:request_documents", reference)
    context = {
        "filing": own,
        "form": form,
        "documents": documents.documents_of(own),
        "may_add": documents.may_add(own),
        "may_remove": documents.may_remove(own),
        "asked": own.procedure.which_documents,
        "most": documents.MOST,
        "back_url": REQUEST.page(reference),
    }
    return render(request, "membership/request_documents.html", context)


def _attach(request: HttpRequest, own: AffiliationRequest, form: DocumentsForm) -> bool:
    """Add each of the files that can be taken; the form says what was wrong with the others."""
    any_added = False
    for upload in form.cleaned_data["files"]:
        try:
            added = documents.attach(own, upload)
        except (NotTaken, Refused) as refusal:
            form.refuse(upload, refusal)
        except Error as error:
            # What was added before stays: said beside the file that was not.
            if not is_outage(error) or not any_added:
                raise
            form.refuse(upload, NOT_SAVED)
            break
        else:
            any_added = True
            text = _("%(name)s is added.") % {"name": added.file.name}
            messages.success(request, text)
    return not form.errors


@private
@require_POST
def request_document_remove(
    request: HttpRequest, reference: str, document: uuid.UUID
) -> HttpResponse:
    """Takes a document away from a draft."""
    found = _document(_own(request, reference), document)
    try:
        documents.remove(found)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The document is removed."))
    return redirect("membership:request_documents", reference)


@private
@require_safe
def request_document(request: HttpRequest, reference: str, document: uuid.UUID) -> HttpResponse:
    """The applicant's own document, as it is kept."""
    return keeping.download(_document(_own(request, reference), document).file)


def _document(own: AffiliationRequest | None, document: uuid.UUID) -> Document:
    if own is None:
        raise Http404
    found: Document = get_object_or_404(Document.objects.filter(request=own), pk=document)
    return found


# --- those who decide -----------------------------------------------------------------------


@private
@login_required
@require_safe
def coordination_document(
    request: HttpRequest, reference: str, document: uuid.UUID
) -> HttpResponse:
    """A document for those who decide on the request; that they opened it is noted."""
    if normal(reference) != reference:
        raise Http404
    mine: Any = Document.objects.managed_by(request.user).select_related("file", "request")
    found = get_object_or_404(mine, pk=document, request__reference=reference)
    audit.record(
        audit.Action.READ,
        found,
        by=request.user,
        office=found.request.office_of(request.user),
        federation=federation_slug(found.request),
    )
    return keeping.download(found.file)
