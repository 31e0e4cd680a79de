"""A file's type is proven by its content; then it is written anew. Nothing is kept as it came."""

import io
import logging
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from federation.files import docx, images, names, odt, packages, pdfs
from federation.files.refusals import NotTaken, broken

logger = logging.getLogger(__name__)
MOST_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: how it begins, and what writes it anew."""

    suffixes: tuple[str, ...]
    media_type: str
    beginning: bytes
    rewritten: Callable[[bytes], bytes]


@dataclass(frozen=True)
class Clean:
    """A file fit to be kept."""

    name: str
    media_type: str
    content: bytes


_ZIP = b"PK\x03\x04"
KINDS = (
    Kind((".pdf",), "application/pdf", b"%PDF-", pdfs.rewritten),
    Kind(
        (".jpg", ".jpeg"), "image/jpeg", images.BEGINNINGS[images.JPEG],
        lambda data: images.rewritten(data, images.JPEG)[0],
    ),
    Kind(
        (".png",), "image/png", images.BEGINNINGS[images.PNG],
        lambda data: images.rewritten(data, images.PNG)[0],
    ),
    Kind(
        (".odt",), "application/vnd.oasis.opendocument.text", _ZIP,
        lambda data: odt.rewritten(packages.unpacked(data)),
    ),
    Kind(
        (".docx",), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", _ZIP,
        lambda data: docx.rewritten(packages.unpacked(data)),
    ),
)  # fmt: skip
ACCEPT = ",".join(suffix for kind in KINDS for suffix in kind.suffixes)


def clean(data: bytes, name: str) -> Clean:
    """The file as it may be kept; NotTaken with a message to be shown, if it may not."""
    if not data:
        raise NotTaken(_("The file is empty."))
    if len(data) > MOST_BYTES:
        raise too_large()
    kind = _kind(data, name)
    try:
        content = kind.rewritten(data)
    except NotTaken:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a library trips over, it is not kept
        logger.warning("A %s could not be read: %s", kind.suffixes[0], type(error).__name__)
        raise broken() from None
    if not _is_one_kind(content, kind):
        raise broken()
    if len(content) > 2 * MOST_BYTES:
        raise too_large()
    return Clean(names.shown_name(name, kind.suffixes[0]), kind.media_type, content)


def too_large() -> NotTaken:
    return NotTaken(_("The file is larger than 10 MB. Make it smaller and try again."))


def _kind(data: bytes, name: str) -> Kind:
    suffix = names.suffix_of(name)
    kind = next((kind for kind in KINDS if suffix in kind.suffixes), None)
    if kind is None:
        raise NotTaken(_("Only PDF, JPEG, PNG, ODT and DOCX are taken. Save it as a PDF."))
    if not data.startswith(kind.beginning):
        raise NotTaken(
            _("The file is called %(suffix)s, but is something else. Save it anew as a PDF.")
            % {"suffix": suffix}
        )
    return kind


def _is_one_kind(content: bytes, kind: Kind) -> bool:
    """No other program than the right one would open it: a zip file is found from its end."""
    is_zip = zipfile.is_zipfile(io.BytesIO(content))
    return content.startswith(kind.beginning) and is_zip == (kind.beginning == _ZIP)
