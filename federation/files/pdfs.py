"""PDF: opened, freed of all that acts or tells of its maker, and written anew.

Forms and notes become part of the page, so that what was filled in stays to be read. Of the
document's root only what pages need is kept; whatever nothing refers to any more is not written.
"""

import io
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
from django.utils.translation import gettext as _
from pikepdf import Array, Dictionary, Name, Object, Stream

from federation.files import images
from federation.files.refusals import NotTaken, broken, too_large_inside

MOST_PAGES = 500
MOST_OBJECTS = 100_000
# For every PDF that this process reads: what unpacks to more than this is not unpacked.
_MOST_MEMORY = 50_000_000
pikepdf.settings.set_qpdf_limits(
    doc_max_warnings=100,
    parser_max_nesting=100,
    parser_max_container_size=500_000,
    max_stream_filters=5,
    dct_max_memory=200_000_000,
    dct_max_progressive_scans=100,
    flate_max_memory=_MOST_MEMORY,
    png_max_memory=_MOST_MEMORY,
    run_length_max_memory=_MOST_MEMORY,
    tiff_max_memory=_MOST_MEMORY,
)

_OF_THE_ROOT = {
    "/Type", "/Pages", "/Version", "/Lang", "/MarkInfo", "/StructTreeRoot", "/OCProperties",
}  # fmt: skip
# Wherever these stand they act, carry another file, or tell of programs and people.
_NOWHERE = {
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EF", "/AF", "/FS", "/XFA", "/URI", "/Launch",
    "/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SpiderInfo", "/Creator",
    "/CreatorInfo", "/Rendition", "/Renditions", "/Movie", "/Sound", "/RichMediaContent", "/3DD",
    "/Ref", "/OPI", "/PA", "/Annots",
}  # fmt: skip
_ELSEWHERE = {"/F", "/FFilter", "/FDecodeParms"}  # of a stream whose content is another file
_WEB = ("http://", "https://", "mailto:")


def rewritten(data: bytes) -> bytes:
    """A new PDF with the same pages to be seen."""
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False) as pdf:
            if pdf.is_encrypted:
                raise _locked()
            if not 0 < len(pdf.pages) <= MOST_PAGES or len(pdf.objects) > MOST_OBJECTS:
                raise too_large_inside()
            return _written(pdf)
    except pikepdf.PasswordError:
        raise _locked() from None
    except pikepdf.PdfError:
        raise broken() from None


def _locked() -> NotTaken:
    return NotTaken(
        _("The PDF is protected by a password. Save it without protection and try again.")
    )


def _written(pdf: pikepdf.Pdf) -> bytes:
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")
    links = [_web_links(page.obj) for page in pdf.pages]
    for key in set(pdf.Root.keys()) - _OF_THE_ROOT:
        del pdf.Root[key]
    for key in set(pdf.trailer.keys()) - {"/Root", "/Size"}:
        del pdf.trailer[key]
    for found in list(_dictionaries(pdf)):
        _clean(found)
    for page, areas in zip(pdf.pages, links, strict=True):
        if areas:
            page.obj.Annots = pdf.make_indirect(Array([_link(*area) for area in areas]))
    out = io.BytesIO()
    # Nothing is unpacked to be written: a bomb stays as small as it came.
    pdf.save(
        out,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        deterministic_id=True,
    )
    return out.getvalue()


def _web_links(page: Any) -> list[tuple[list[float], str]]:
    """Where on the page an address of the web or of a mailbox may be clicked."""
    found = []
    for annotation in page.get("/Annots", []):
        action = annotation.get("/A", Dictionary())
        address = str(action.get("/URI", "")) if action.get("/S") == Name.URI else ""
        is_link = annotation.get("/Subtype") == Name.Link
        if is_link and address.lower().startswith(_WEB) and address.isprintable():
            found.append(([float(side) for side in annotation.Rect], address))
    return found


def _link(area: list[float], address: str) -> Dictionary:
    return Dictionary(
        Type=Name.Annot,
        Subtype=Name.Link,
        Rect=area,
        Border=[0, 0, 0],
        A=Dictionary(S=Name.URI, URI=address),
    )


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary and stream of the document, however deep inside others it stands."""
    waiting, seen = list(pdf.objects), 0
    while waiting:
        seen += 1
        if seen > 5 * MOST_OBJECTS:
            raise too_large_inside()
        found: Any = waiting.pop()
        if isinstance(found, Array):
            inside = list(found)
        elif isinstance(found, Dictionary | Stream):
            yield found
            inside = [value for _key, value in found.items()]
        else:
            continue
        # What stands alone is in the list already.
        waiting += [one for one in inside if isinstance(one, Object) and not one.is_indirect]


def _clean(found: Any) -> None:
    for key in _NOWHERE & found.keys():
        del found[key]
    # Fields and notes that a reading order still names would come along.
    if found.get("/Type") == Name.OBJR and "/Obj" in found:
        del found["/Obj"]
    if isinstance(found, Stream):
        for key in _ELSEWHERE & found.keys():
            del found[key]
        _clean_picture(found)


def _clean_picture(found: Any) -> None:
    """A photo stands in a PDF as it came, with its own notes of place and camera."""
    filters = found.get("/Filter", Array())
    names = [str(one) for one in (filters if isinstance(filters, Array) else [filters])]
    if names not in (["/DCTDecode"], ["/FlateDecode", "/DCTDecode"]):
        return
    picture = found.read_raw_bytes()
    if len(names) > 1:
        unpacker = zlib.decompressobj()
        picture = unpacker.decompress(picture, _MOST_MEMORY)
        if unpacker.unconsumed_tail:
            raise too_large_inside()
    parms = found.get("/DecodeParms")
    parms = parms[-1] if isinstance(parms, Array) and len(parms) else parms
    kept = parms if isinstance(parms, Dictionary) else None
    found.write(images.without_notes(picture), filter=Name.DCTDecode, decode_parms=kept)
