"""What strangers hand in: proven by content, rewritten, sealed."""

import io
import zipfile
import zlib

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pikepdf import Array, Dictionary, Name
from PIL import Image

from federation.encryption import CannotOpen, seal_bytes, unseal_bytes
from federation.files import keeping
from federation.files.cleaning import clean
from federation.files.names import LONGEST, shown_name
from federation.files.refusals import NotTaken
from federation.models import StoredFile
from tests import files
from tests.federation.hostile_files import SCRIPT, hostile

PAYLOADS = {
    "script": SCRIPT * 50,
    "zip": files.zipped({"evil.txt": "evil"}),
    "pdf": files.pdf("evil"),
    "php": b"<?php system($_GET['a']); ?>",
    "bytes": bytes(5000),
}


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def plain(content: bytes) -> bytes:
    """All that a PDF says, unpacked."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        level = pikepdf.StreamDecodeLevel.generalized
        pdf.save(out, qdf=True, compress_streams=False, stream_decode_level=level)
    return out.getvalue()


# --- what is refused ------------------------------------------------------------------------


def test_hostile_files_are_refused_each_with_a_message():
    tried, taken, silent = 0, [], []
    for what, name, content in hostile():
        tried += 1
        try:
            clean(content, name)
        except NotTaken as refusal:
            if not str(refusal).endswith("."):
                silent.append((what, name[:20]))
        else:
            taken.append((what, name[:20]))
    assert (taken, silent) == ([], [])
    assert tried >= 400


@pytest.mark.parametrize("suffix", ["pdf", "jpg", "png", "odt", "docx"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_hangs_behind_a_good_file_is_refused_or_gone(suffix, payload):
    content = files.good()[suffix]
    try:
        kept = clean(content + PAYLOADS[payload], f"a.{suffix}").content
    except NotTaken:
        return
    assert PAYLOADS[payload] not in kept
    assert kept == clean(content, f"a.{suffix}").content


# --- what is taken --------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["pdf", "jpg", "png", "odt", "docx"])
def test_a_good_file_is_taken_and_what_came_out_is_taken_again(suffix):
    kept = clean(files.good()[suffix], f"Statutes.{suffix}")
    assert kept.name == f"Statutes.{suffix}"
    again = clean(kept.content, kept.name)
    if suffix in ("pdf", "png"):  # a JPEG loses a little each time, and stands in the others
        assert again.content == kept.content


def test_a_photo_loses_place_and_camera_but_not_what_is_up():
    photo = files.geotagged()
    assert b"CANARY" in photo
    kept = clean(photo, "photo.JPEG")
    assert kept.media_type == "image/jpeg"
    with Image.open(io.BytesIO(kept.content)) as image:
        assert image.size == (40, 60)  # it lay on its side
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"CANARY" not in kept.content
    assert b"Exif" not in kept.content


def test_a_picture_keeps_its_transparency_and_loses_its_notes():
    made = Image.new("P", (5, 5), 0)
    out = io.BytesIO()
    made.save(out, "PNG", transparency=0, exif=b"Exif\0\0CANARY", icc_profile=b"CANARY")
    with Image.open(io.BytesIO(clean(out.getvalue(), "a.png").content)) as image:
        assert image.convert("RGBA").getpixel((0, 0))[3] == 0
        assert set(image.info) == {"transparency"}


def test_of_several_pictures_in_one_the_first_stays():
    out = io.BytesIO()
    frames = [Image.new("RGB", (5, 5), colour) for colour in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(clean(out.getvalue(), "a.png").content)) as image:
        assert getattr(image, "n_frames", 1) == 1
        assert image.getpixel((0, 0)) == (255, 0, 0)


def photo(pdf: pikepdf.Pdf, content: bytes, packing: pikepdf.Object) -> pikepdf.Stream:
    return pikepdf.Stream(
        pdf, content, Type=Name.XObject, Subtype=Name.Image, Filter=packing, Width=60, Height=40,
        BitsPerComponent=8, ColorSpace=Name.DeviceRGB,
    )  # fmt: skip


def active(pdf: pikepdf.Pdf) -> None:
    """All that a PDF should not bring along."""
    script = Dictionary(S=Name.JavaScript, JS="app.alert('EVIL')")
    launch = Dictionary(S=Name.Launch, F="EVIL.exe", Next=script)
    page = pdf.pages[0].obj
    page.AA = Dictionary(O=launch)
    web, evil = (
        Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9],
            A=Dictionary(S=Name.URI, URI=address, Next=script), PA=script,
        )
        for address in ("https://example.org/", "javascript:EVIL")
    )  # fmt: skip
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, Rect=[0, 0, 90, 20], FT=Name.Tx, T="name",
            V="filled in", DA="/Helv 12 Tf 0 g", F=4, AA=Dictionary(K=script),
        )
    )  # fmt: skip
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], T="CANARY")
    page.Annots = Array([web, evil, field, note])
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.Root.AcroForm = Dictionary(
        Fields=[field], NeedAppearances=True, XFA="EVIL", DR=Dictionary(Font=Dictionary(Helv=font))
    )
    pdf.Root.OpenAction = script
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["EVIL", script])))
    pdf.attachments["EVIL.exe"] = b"MZ"
    pdf.Root.Outlines = Dictionary(First=Dictionary(Title="CANARY", A=launch))
    pdf.docinfo["/Author"] = "CANARY"
    pdf.Root.Metadata = pdf.make_stream(b"<x>CANARY</x>")
    page.PieceInfo = Dictionary(CANARY=Dictionary())
    page.Resources.XObject = Dictionary(
        Im=photo(pdf, files.geotagged(), Name.DCTDecode),
        Packed=photo(
            pdf, zlib.compress(files.geotagged()), Array([Name.FlateDecode, Name.DCTDecode])
        ),
    )


def test_a_pdf_loses_what_acts_and_who_made_it_and_keeps_what_is_read():
    before = files.pdf(change=active)
    assert b"EVIL" in plain(before)
    assert b"CANARY" in plain(before)
    kept = clean(before, "Statutes.pdf").content
    text = plain(kept)
    for trace in (b"EVIL", b"CANARY", b"JavaScript", b"/AA", b"OpenAction", b"XFA", b"Launch"):
        assert trace not in text, trace
    assert b"Statutes" in text
    assert b"https://example.org/" in text
    assert b"filled in" in text  # became part of the page
    with pikepdf.open(io.BytesIO(kept)) as pdf:
        assert len(pdf.pages) == 1
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        for name in ("/Im", "/Packed"):
            photo_kept = pdf.pages[0].obj.Resources.XObject[name]
            assert b"CANARY" not in photo_kept.read_raw_bytes()
            assert pikepdf.PdfImage(photo_kept).as_pil_image().size == (60, 40)


def test_a_word_document_loses_its_people_and_keeps_text_picture_and_links():
    body = (
        '<w:ins w:id="1" w:author="CANARY" w:date="2026-01-01T00:00:00Z"><w:r><w:t>New</w:t></w:r>'
        '</w:ins><w:hyperlink r:id="rId8"/><w:hyperlink r:id="rId9"/>'
    )
    links = files.relation("hyperlink", "https://example.org/", external=True, number=8)
    links += files.relation("hyperlink", "file:///C:/CANARY", external=True, number=9)
    kept = parts_of(clean(files.docx(body=body, relations=links), "Statutes.docx").content)
    assert set(kept) == {
        "[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/settings.xml",
        files.RELATIONS, "word/media/image1.jpeg",
    }  # fmt: skip
    assert not [name for name, content in kept.items() if b"CANARY" in content]
    assert b"Statutes" in kept["word/document.xml"]
    assert b"New" in kept["word/document.xml"]
    assert b"https://example.org/" in kept[files.RELATIONS]
    assert b"about:blank" in kept[files.RELATIONS]
    assert b"docProps" not in kept["_rels/.rels"]


def test_an_opendocument_loses_its_people_and_keeps_text_and_picture():
    content = clean(files.odt(), "Statutes.odt").content
    # By its first bytes other programs know what it is.
    assert content[30:77] == b"mimetype" + files.ODT_TYPE.encode()
    kept = parts_of(content)
    assert list(kept) == [
        "mimetype", "content.xml", "settings.xml", "Pictures/1.jpg", "META-INF/manifest.xml",
    ]  # fmt: skip
    assert not [name for name, part in kept.items() if b"CANARY" in part]
    assert b"Statutes" in kept["content.xml"]
    assert b"Pictures/1.jpg" in kept["META-INF/manifest.xml"]


def test_office_documents_tell_no_time():
    for suffix in ("odt", "docx"):
        with zipfile.ZipFile(
            io.BytesIO(clean(files.good()[suffix], f"a.{suffix}").content)
        ) as kept:
            assert {entry.date_time for entry in kept.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Statutes.PDF", "Statutes.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Kim\\Statuts.pdf", "Statuts.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie: b.pdf"),
        ("exe.\u202efdp.pdf", "exe.fdp.pdf"),
        ("\u2066a\u2069\u200b.pdf", "a.pdf"),
        ("النظام الأساسي.pdf", "النظام الأساسي.pdf"),
        ("می‌خواهم.pdf", "می‌خواهم.pdf"),
        (" ... .pdf", "document.pdf"),
        (" .hidden . .pdf", "hidden.pdf"),
        ("", "document.pdf"),
        ("a\0b.pdf", "ab.pdf"),
    ],
)
def test_names_are_shown_without_what_nobody_sees(name, shown):
    assert shown_name(name, ".pdf") == shown


def test_a_name_of_5000_characters_is_cut():
    shown = clean(files.pdf(), "é" * 5000 + ".pdf").name
    assert len(shown) == LONGEST
    assert shown.endswith("é.pdf")


# --- keeping --------------------------------------------------------------------------------


def upload(content: bytes = b"", name: str = "Statutes.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or files.pdf())


def test_a_kept_file_is_sealed_and_opens_again(db):
    stored = keeping.keep(keeping.cleaned(upload(files.pdf("CANARY"))))
    stored = StoredFile.objects.get(pk=stored.pk)
    content = keeping.open_file(stored)
    assert content.startswith(b"%PDF-")
    assert (stored.size, stored.name) == (len(content), "Statutes.pdf")
    sealed = bytes(stored.content)
    assert content[:200] not in sealed
    assert b"%PDF" not in sealed


def test_a_file_moved_to_another_row_does_not_open(db):
    one, other = (keeping.keep(keeping.cleaned(upload())) for _number in range(2))
    one.content, other.content = other.content, one.content
    for stored in (one, other):
        with pytest.raises(CannotOpen):
            keeping.open_file(stored)


@pytest.mark.parametrize("place", [0, 1, 2, 10, -1])
def test_altered_bytes_do_not_open(place):
    sealed = bytearray(seal_bytes(b"content", "here"))
    assert unseal_bytes(bytes(sealed), "here") == b"content"
    sealed[place] ^= 1
    with pytest.raises(CannotOpen):
        unseal_bytes(bytes(sealed), "here")


@pytest.mark.parametrize("sealed", [b"", b"1", b"1\x05", b"1\xff" + bytes(40)])
def test_what_is_no_sealed_file_does_not_open(sealed):
    with pytest.raises(CannotOpen):
        unseal_bytes(sealed, "here")


def test_an_upload_that_is_too_large_is_not_even_read():
    large = upload(b"a")
    large.size = 10 * 1024 * 1024 + 1
    with pytest.raises(NotTaken, match="10 MB"):
        keeping.cleaned(large)
    assert large.tell() == 0
