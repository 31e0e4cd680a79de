"""Cleaned files in their rows, sealed; and out again, only ever as a download."""

import hashlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from federation.encryption import seal_bytes, unseal_bytes
from federation.files.cleaning import MOST_BYTES, Clean, clean, too_large
from federation.models import StoredFile


def cleaned(upload: "UploadedFile[Any]") -> Clean:
    """What is fit to be kept of an upload; NotTaken says why it is not.

    It may take a second or two: to be called before a transaction, not in it.
    """
    if upload.size is None or upload.size > MOST_BYTES:
        raise too_large()
    upload.seek(0)  # others may have read it, to tell whether it was sent before
    return clean(upload.read(), upload.name or "")


def keep(file: Clean) -> StoredFile:
    """Seal the file in a row of its own, in the caller's transaction."""
    stored = StoredFile(
        name=file.name,
        media_type=file.media_type,
        size=len(file.content),
        digest=hashlib.sha256(file.content).hexdigest(),
    )
    stored.content = seal_bytes(file.content, _place(stored))
    stored.save(force_insert=True)
    return stored


def open_file(stored: StoredFile) -> bytes:
    """The bytes that were kept; CannotOpen if they were moved or altered."""
    # PostgreSQL gives a view of its memory.
    return unseal_bytes(bytes(stored.content), _place(stored))


def download(stored: StoredFile) -> HttpResponse:
    """The file as an attachment. Nothing in it may act on this site, whatever it is taken for.

    Whoever calls this has asked a queryset whether the reader may have it.
    """
    response = HttpResponse(open_file(stored), content_type=stored.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, stored.name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def _place(stored: StoredFile) -> str:
    return f"{stored._meta.db_table}.content.{stored.pk}"
