"""Files as people hand them in, made here: one good one of each kind, and parts to spoil them."""

import io
import zipfile
from typing import Any

import pikepdf
from PIL import Image

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
RELATIONS = "word/_rels/document.xml.rels"
ODT_TYPE = "application/vnd.oasis.opendocument.text"


def picture(kind: str, size: tuple[int, int] = (60, 40), **saved: Any) -> bytes:
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.save(out, kind, **saved)
    return out.getvalue()


def noise(side: int = 1200) -> bytes:
    """A picture in which nothing repeats: a PNG of about three bytes for each of its points."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(out, "PNG", compress_level=1)
    return out.getvalue()


def geotagged(kind: str = "JPEG") -> bytes:
    """A photo that tells where it was taken, with what, and lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "CANARY Cameras"
    exif[0x8825] = {1: "N", 2: (47.0, 4.0, 15.0), 3: "E", 4: (15.0, 26.0, 43.0)}
    return picture(kind, exif=exif, icc_profile=b"CANARY profile")


def pdf(text: str = "Statutes", change: Any = None, **saved: Any) -> bytes:
    """One page with a text; `change(pdf)` may spoil it."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(200, 200))
        made.pages[0].contents_add(f"BT /F1 12 Tf 20 150 Td ({text}) Tj ET".encode())
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        made.pages[0].obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        if change:
            change(made)
        made.save(out, **saved)
    return out.getvalue()


def zipped(parts: dict[str, Any], **entry: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content, **entry)
    return out.getvalue()


def relation(kind: str, target: str, *, external: bool = False, number: int = 9) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="rId{number}" Type="{R}/{kind}" Target="{target}"{mode}/>'


def docx_parts(
    body: str = "", relations: str = "", types: str = "", more: dict[str, Any] | None = None
) -> dict[str, Any]:
    text = '<w:p w:rsidR="00CANARY"><w:r><w:t>Statutes</w:t></w:r></w:p>'
    image = relation("image", "media/image1.jpeg", number=1)
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="jpeg" ContentType="image/jpeg"/>'
        f'<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>'
        f'<Override PartName="/word/settings.xml" ContentType="{WORD}.settings+xml"/>{types}'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{relation('officeDocument', 'word/document.xml', number=1)}"
        f"{relation('core-properties', 'docProps/core.xml', number=2)}</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{text}{body}'
        "</w:body></w:document>",
        RELATIONS: f'<Relationships xmlns="{PACKAGE}/relationships">{image}{relations}'
        "</Relationships>",
        "word/settings.xml": f'<w:settings xmlns:w="{W}"><w:rsids><w:rsid w:val="00CANARY"/>'
        "</w:rsids></w:settings>",
        "word/media/image1.jpeg": geotagged(),
        "docProps/core.xml": "<a>CANARY</a>",
        "docProps/app.xml": "<a>CANARY</a>",
        **(more or {}),
    }


def docx(**changes: Any) -> bytes:
    return zipped(docx_parts(**changes))


def odt_parts(body: str = "", head: str = "", more: dict[str, Any] | None = None) -> dict[str, Any]:
    spaces = " ".join(
        f'xmlns:{name}="{ODF}:{space}:1.0"'
        for name, space in [
            ("office", "office"), ("text", "text"), ("draw", "drawing"), ("script", "script"),
            ("table", "table"), ("config", "config"),
        ]
    )  # fmt: skip
    spaces += (
        ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    note = "<office:annotation><dc:creator>CANARY</dc:creator></office:annotation>"
    return {
        "mimetype": ODT_TYPE,
        "content.xml": f"<office:document-content {spaces}>{head}<office:body><office:text>"
        f"<text:p>Statutes{note}</text:p>{body}</office:text></office:body>"
        "</office:document-content>",
        "settings.xml": f"<office:document-settings {spaces}><office:settings>"
        '<config:config-item config:name="PrinterName">CANARY</config:config-item>'
        "</office:settings></office:document-settings>",
        "meta.xml": "<a>CANARY</a>",
        "Thumbnails/thumbnail.png": "CANARY",
        "Pictures/1.jpg": geotagged(),
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{ODF}:manifest:1.0"/>',
        **(more or {}),
    }


def odt(**changes: Any) -> bytes:
    return zipped(odt_parts(**changes))


def good() -> dict[str, bytes]:
    """One good file of each kind that is taken, by its suffix."""
    return {
        "pdf": pdf(),
        "jpg": picture("JPEG"),
        "png": picture("PNG"),
        "odt": odt(),
        "docx": docx(),
    }
