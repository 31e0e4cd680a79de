"""Zip files that office documents are: looked through before anything is unpacked, written anew."""

import io
import re
import stat
import zipfile
import zlib

from django.utils.translation import gettext as _

from federation.files import images
from federation.files.refusals import NotTaken, broken, holds, too_large_inside

MOST_ENTRIES = 1000
MOST_BYTES = 30_000_000  # of all that is packed
MOST_RATIO = 200  # texts pack well, but not better
MOST_PIXELS = 100_000_000  # of all pictures together
_SMALL = 1_000_000  # below this nobody asks how well it was packed
_NAME = re.compile(r"[^\\/:*?\"<>|\x00-\x1f\x7f]+(/[^\\/:*?\"<>|\x00-\x1f\x7f]+)*\Z")

Parts = dict[str, bytes]


def unpacked(data: bytes) -> Parts:
    """Every part by its name; refuses what could fill memory or stand elsewhere than it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _refuse_bombs(entries)
            entries = [entry for entry in entries if not entry.is_dir()]
            _refuse_strange(entries)
            return {entry.filename: _read(package, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise broken() from None


def _refuse_bombs(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise too_large_inside()
    for entry in entries:
        if entry.file_size > max(_SMALL, MOST_RATIO * entry.compress_size):
            raise too_large_inside()


def _refuse_strange(entries: list[zipfile.ZipInfo]) -> None:
    """Names that lead elsewhere or twice to the same, links, locks, unusual packing."""
    names = {entry.filename.casefold() for entry in entries}
    if len(names) < len(entries):
        raise broken()
    for entry in entries:
        parts = entry.filename.split("/")
        if not _NAME.match(entry.filename) or {".", ".."} & set(parts) or len(parts) > 10:
            raise broken()
        if entry.orig_filename != entry.filename or stat.S_ISLNK(entry.external_attr >> 16):
            raise broken()
        if entry.flag_bits & 0x1:
            raise NotTaken(
                _("The document is protected by a password. Save it without and try again.")
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise broken()


def _read(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # What the list of entries says of sizes may be a lie; no more than that is unpacked.
    with package.open(entry) as part:
        content = part.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise broken()
    return content


def packed(parts: Parts) -> bytes:
    """A zip file of the parts in their order, which tells no time, no system and no person."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            # An OpenDocument is known by its first bytes, which must not be packed.
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return out.getvalue()


class Pictures:
    """The pictures of one document, each written anew, all together within one bound."""

    def __init__(self) -> None:
        self.left = MOST_PIXELS

    def rewritten(self, content: bytes) -> bytes:
        """The picture without notes; other kinds than PNG and JPEG are refused."""
        kind = images.kind_of(content)
        if not kind:
            raise holds(_("a picture that is neither PNG nor JPEG"))
        clean, pixels = images.rewritten(content, kind)
        self.left -= pixels
        if self.left < 0:
            raise too_large_inside()
        return clean
