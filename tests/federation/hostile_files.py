"""Files that must not be taken, by what is wrong with them: each a name and its bytes."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf

from tests import files
from tests.files import docx, odt, pdf, picture, relation, zipped

Hostile = tuple[str, str, bytes]  # what is wrong, name, content
SCRIPT = b"<script>alert(1)</script>"


def hostile() -> Iterator[Hostile]:
    good = files.good()
    yield from wrong_content(good)
    yield from wrong_names(good)
    yield from cut_off(good)
    yield from polyglots(good)
    yield from pictures()
    yield from pdfs()
    yield from zips()
    yield from word()
    yield from opendocument()


def foreign() -> dict[str, bytes]:
    """Kinds of files that nobody may hand in, whatever they are called."""
    ods = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}
    return {
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "html": b"<!DOCTYPE html><html>" + SCRIPT,
        "exe": b"MZ\x90\x00" + bytes(200),
        "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
        "zip": zipped({"a.txt": "a"}),
        "jar": zipped({"META-INF/MANIFEST.MF": "Main-Class: A", "A.class": b"\xca\xfe\xba\xbe"}),
        "xlsx": zipped(
            {"[Content_Types].xml": '<Types xmlns="x"/>', "xl/workbook.xml": "<workbook/>"}
        ),
        "ods": zipped(ods),
        "epub": zipped({"mimetype": "application/epub+zip"}),
        "docm": docx_with_main("application/vnd.ms-word.document.macroEnabled.main+xml"),
        "gif": picture("GIF"),
        "webp": picture("WEBP"),
        "tiff": picture("TIFF"),
        "bmp": picture("BMP"),
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%EOF",
        "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "rtf": b"{\\rtf1 {\\object\\objdata 01}}",
        "js": b"alert(1)",
        "sh": b"#!/bin/sh\nid\n",
        "xml": b"<?xml version='1.0'?><a/>",
        "gz": b"\x1f\x8b\x08\x00" + bytes(20),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(40),
        "nothing": b"",
        "null": b"\x00",
        "mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(40),
        "phar": b"<?php __HALT_COMPILER(); ?>" + bytes(40),
    }


def docx_with_main(kind: str) -> bytes:
    parts = files.docx_parts()
    main = f"{files.WORD}.document.main+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(main, kind)
    return zipped(parts)


def wrong_content(good: dict[str, bytes]) -> Iterator[Hostile]:
    for suffix in [*good, "jpeg"]:
        for kind, content in foreign().items():
            yield f"{kind} inside", f"a.{suffix}", content
        for kind, content in good.items():
            if kind != suffix and (kind, suffix) != ("jpg", "jpeg"):
                yield f"{kind} inside", f"a.{suffix}", content


def wrong_names(good: dict[str, bytes]) -> Iterator[Hostile]:
    for suffix in ("svg", "html", "exe", "zip", "docm", "dotm", "dotx", "ott", "gif", "pdf.exe"):
        for content in good.values():
            yield "not on the list", f"a.{suffix}", content
    for name in ("", "pdf", ".pdf", "a", "a.", "a.pdf\u202efdp.exe", "a.pdf/b", "a.pdf\r\nX: y"):
        yield "no such suffix", name, good["pdf"]
    yield "5,000 characters and no suffix", "a" * 5000, good["pdf"]


def cut_off(good: dict[str, bytes]) -> Iterator[Hostile]:
    for suffix, content in good.items():
        for tenths in (1, 3, 5, 7, 9):
            yield f"{tenths} tenths", f"a.{suffix}", content[: len(content) * tenths // 10]


def polyglots(good: dict[str, bytes]) -> Iterator[Hostile]:
    before = {"gif": b"GIF89a/*", "html": SCRIPT, "space": b"\n", "exe": b"MZ" + bytes(60)}
    for suffix, content in good.items():
        for kind, start in before.items():
            yield f"{kind} in front", f"a.{suffix}", start + content
    for suffix in ("pdf", "jpg", "png"):
        yield "only the first bytes", f"a.{suffix}", good[suffix][:8] + SCRIPT


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


def pictures() -> Iterator[Hostile]:
    for width, height in ((8000, 5001), (100_000, 100_000), (2**31 - 1, 1), (0, 5)):
        rows = zlib.compress(bytes((width // 8 + 1) * height if width == 8000 else 1))
        yield f"{width}x{height}", "a.png", png(width, height, (b"IDAT", rows))
    yield "a text that unpacks to 100 MB", "a.png", png(
        5, 5, (b"zTXt", b"a\0\0" + zlib.compress(bytes(100_000_000)))
    )  # fmt: skip
    yield "no picture", "a.png", png(5, 5)
    jpeg = bytearray(picture("JPEG"))
    size = jpeg.index(b"\xff\xc0") + 5
    jpeg[size : size + 4] = b"\xff\xff\xff\xff"
    yield "4 gigapixels", "a.jpg", bytes(jpeg)
    yield "larger than 10 MB", "a.jpg", picture("JPEG") + bytes(10 * 1024 * 1024)


def pdfs() -> Iterator[Hostile]:
    for revision in (3, 4, 6):
        for user in ("", "u"):
            new = revision > 3
            lock = pikepdf.Encryption(owner="o", user=user, R=revision, aes=new, metadata=new)
            yield f"locked, revision {revision} {user}", "a.pdf", pdf(encryption=lock)
    yield "nothing but a header", "a.pdf", b"%PDF-1.7\n%%EOF"
    yield "a page of the web", "a.pdf", b"%PDF-1.4\n<html>" + SCRIPT
    yield "no pages", "a.pdf", pdf(change=lambda made: made.pages.__delitem__(0))
    yield "600 pages", "a.pdf", pdf(change=lambda made: [made.add_blank_page() for _ in range(600)])
    yield "nested without end", "a.pdf", pdf().replace(b"/MediaBox", b"[" * 5000 + b"/MediaBox")
    yield "an index that unpacks to 300 MB", "a.pdf", index_bomb()


def index_bomb() -> bytes:
    """Its objects stand in a stream that unpacks to a thousand times its size."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(10_000_000)) for _ in range(30)) + packer.flush()
    objects = b"1 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(
        packed
    )
    start = b"%PDF-1.5\n"
    text = start + objects + packed + b"\nendstream endobj\n"
    index = len(text)
    rows = [(0, 0), (1, len(start)), (2, 1), (1, index)]
    table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + b"\0" for kind, place in rows)
    text += b"3 0 obj<</Type/XRef/Size 4/W[1 4 1]/Root 2 0 R/Length %d>>stream\n" % len(table)
    return text + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % index


def zips() -> Iterator[Hostile]:
    for suffix, parts in (("odt", files.odt_parts()), ("docx", files.docx_parts())):
        name = f"a.{suffix}"
        for path in ("../a.xml", "/a.xml", "a/../b.xml", "C:\\a.xml", "a\\b.xml", "./a.xml",
                     "a//b.xml", "a\x01.xml", "word/a.xml\u0000.png"):  # fmt: skip
            yield f"path {path!r}", name, zipped(parts | {path: "<a/>"})
        yield "1,200 entries", name, zipped(parts | {f"x/{n}.xml": "" for n in range(1200)})
        yield "100 MB in one", name, zipped(parts | {"customXml/a.xml": bytes(100_000_000)})
        many = {f"customXml/{n}.xml": bytes(9_000_000) for n in range(8)}
        yield "72 MB in eight", name, zipped(parts | many)
        yield "twice the same", name, zipped(parts | {"WORD/DOCUMENT.XML": "", "CONTENT.XML": ""})
        link = zipfile.ZipInfo("customXml/a.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out = io.BytesIO(zipped(parts))
        with zipfile.ZipFile(out, "a") as package:
            package.writestr(link, "/etc/passwd")
        yield "a link", name, out.getvalue()
        yield "unusual packing", name, zipped(parts, compress_type=zipfile.ZIP_LZMA)
        marked = bytearray(zipped(parts))
        for start in (b"PK\x03\x04", b"PK\x01\x02"):
            marked[marked.index(start) + (6 if start[2] == 3 else 8)] |= 1
        yield "locked", name, bytes(marked)
        lies = bytearray(zipped(parts))
        place = lies.index(b"PK\x01\x02") + 24
        lies[place : place + 4] = struct.pack("<I", 5)
        yield "says it is smaller than it is", name, bytes(lies)


DOCTYPE = '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d SYSTEM "file:///etc/passwd">]>'


def word() -> Iterator[Hostile]:
    def a(what: str, **changes: object) -> Hostile:
        return what, "a.docx", docx(**changes)

    part = '<Override PartName="/word/{}" ContentType="{}"/>'
    for file, kind in (
        ("vbaProject.bin", "application/vnd.ms-office.vbaProject"),
        ("vbaData.xml", "application/vnd.ms-word.vbaData+xml"),
        ("activeX/activeX1.xml", "application/vnd.ms-office.activeX+xml"),
        ("activeX/activeX1.bin", "application/vnd.ms-office.activeX"),
        ("embeddings/oleObject1.bin", "application/vnd.openxmlformats-officedocument.oleObject"),
        ("embeddings/a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("embeddings/a.docx", f"{files.WORD}.document.main+xml"),
        ("afchunk.mht", "message/rfc822"),
        ("afchunk.html", "text/html"),
        ("a.rtf", "application/rtf"),
        ("customizations.xml", "application/vnd.ms-word.keyMapCustomizations+xml"),
        ("media/a.svg", "image/svg+xml"),
        ("media/a.emf", "image/x-emf"),
        ("media/a.png", "image/png"),
        ("a.exe", "application/octet-stream"),
        ("webextensions/a.xml", "application/vnd.ms-office.webextension+xml"),
        ("styles.xml", "application/vnd.ms-office.vbaProject"),
    ):
        yield a(f"part {file}", types=part.format(file, kind), more={f"word/{file}": "<a/>"})
    for kind in ("attachedTemplate", "image", "oleObject", "frame", "subDocument", "aFChunk",
                 "settings", "mailMergeSource", "package", "control", "theme"):  # fmt: skip
        link = relation(kind, "https://evil.example/a.dotm", external=True)
        yield a(f"{kind} from elsewhere", relations=link)
    for kind in ("oleObject", "control", "aFChunk", "vbaProject", "package"):
        yield a(f"{kind} inside", relations=relation(kind, "media/image1.jpeg"))
    for field in (
        "DDEAUTO c:\\\\windows\\\\cmd.exe", "DDE a b", "INCLUDETEXT a", "LINK Excel.Sheet",
        "INCLUDEPICTURE https://evil.example/", "MACROBUTTON a",
    ):  # fmt: skip
        yield a(f"field {field[:9]}", body=f'<w:fldSimple w:instr=" {field}"/>')
        half = len(field) // 4
        pieces = "".join(
            f"<w:r><w:instrText>{piece}</w:instrText></w:r>"
            for piece in (" ", field[:half], field[half:])
        )
        begin, end = (f'<w:fldChar w:fldCharType="{kind}"/>' for kind in ("begin", "end"))
        yield a(f"field {field[:9]} in pieces", body=f"{begin}{pieces}{end}")
    for name in ("word/document.xml", "[Content_Types].xml", files.RELATIONS, "_rels/.rels"):
        content = files.docx_parts()[name]
        yield a(f"entities in {name}", more={name: DOCTYPE + content})
        yield a(f"{name} is not XML", more={name: "<a><b></a>"})
        yield a(f"{name} in UTF-16 with entities",
                more={name: (DOCTYPE + content).encode("utf-16")})  # fmt: skip
    other = "application/vnd.openxmlformats-officedocument.{}.main+xml"
    for kind in ("spreadsheetml.sheet", "wordprocessingml.template"):
        yield "no document", "a.docx", docx_with_main(other.format(kind))
    yield a("no relationships", more={"_rels/.rels": f'<R xmlns="{files.PACKAGE}"/>'})
    lost = files.docx_parts()
    del lost["[Content_Types].xml"]
    yield "no types", "a.docx", zipped(lost)


def opendocument() -> Iterator[Hostile]:
    def a(what: str, **changes: object) -> Hostile:
        return what, "a.odt", odt(**changes)

    for path in ("Basic/Standard/Module1.xml", "Basic/script-lc.xml", "Scripts/python/a.py",
                 "Dialogs/a.xml", "META-INF/macrosignatures.xml", "Object 1/content.xml",
                 "Object 1", "ObjBFFFD/a", "a.exe", "Pictures/a.svg", "Pictures/a.emf",
                 "media/a.mp4", "index.html"):  # fmt: skip
        yield a(f"part {path}", more={path: "<a/>"})
    for element in (
        '<script:event-listener xlink:href="vnd.sun.star.script:a"/>',
        "<text:script>a</text:script>", "<text:execute-macro/>", "<office:dde-source/>",
        "<draw:applet/>", "<draw:plugin/>", "<draw:object-ole/>", "<draw:object/>",
        "<draw:floating-frame/>",
        '<draw:image xlink:href="https://evil.example/a.png"/>',
        '<draw:image xlink:href="../a.png"/>', '<draw:image xlink:href="file:///etc/passwd"/>',
        '<text:section-source xlink:href="https://evil.example/a.odt"/>',
    ):  # fmt: skip
        yield a(element[:30], body=element)
    yield a("a script", head="<office:scripts><office:script/></office:scripts>")
    for name in ("content.xml", "settings.xml", "META-INF/manifest.xml"):
        yield a(f"entities in {name}", more={name: DOCTYPE + files.odt_parts()[name]})
        yield a(f"{name} is not XML", more={name: "<a><b></a>"})
    locked = f'<m:manifest xmlns:m="{files.ODF}:manifest:1.0"><m:encryption-data/></m:manifest>'
    yield a("locked", more={"META-INF/manifest.xml": locked})
    for kind in ("spreadsheet", "text-template", "presentation", "text\n", ""):
        wrong = f"application/vnd.oasis.opendocument.{kind}"
        yield a(f"kind {kind!r}", more={"mimetype": wrong})
    lost = files.odt_parts()
    del lost["content.xml"]
    yield "no content", "a.odt", zipped(lost)
