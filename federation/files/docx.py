"""DOCX: only parts that are known to be text, form or picture, and no way out of the file."""

import posixpath
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from federation.files import markup
from federation.files.packages import Parts, Pictures, packed
from federation.files.refusals import NotTaken, broken, holds

TYPES = "[Content_Types].xml"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_TYPE = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = re.compile(r"(.*/)?_rels/[^/]*\.rels\Z")
# What is kept, by its content type.
_TEXT = re.compile(
    r"application/vnd\.("
    r"openxmlformats-officedocument\.(wordprocessingml\.(document\.(main|glossary)|styles|settings"
    r"|webSettings|fontTable|numbering|footnotes|endnotes|header|footer|comments\w*)"
    r"|theme|themeOverride|drawingml\.(chart|chartshapes|diagram\w+))"
    r"|ms-word\.stylesWithEffects|ms-office\.(chartstyle|chartcolorstyle|drawingml\.diagramDrawing)"
    r")\+xml\Z"
)
# What acts, or what nobody can look into: the whole file is refused.
_ACTS = re.compile(r"macro|vba|activex|keymap|attachedtoolbars|control", re.IGNORECASE)
_CLOSED = re.compile(
    r"oleobject|package$|embeddings?/|afchunk|subdocument|frame$|mailmerge", re.IGNORECASE
)
# What tells of people, programs and machines: left out.
_LEFT_OUT = re.compile(
    r"docProps/|docMetadata/|customXml/|_xmlsignatures/|word/(fonts|tasks|documenttasks)/"
    r"|word/(people|intelligence\d*|documenttasks)\.xml\Z|.*/printerSettings",
    re.IGNORECASE,
)
_FIELDS = re.compile(
    r"\s*(DDE|DDEAUTO|IMPORT|INCLUDE|INCLUDETEXT|INCLUDEPICTURE|LINK|MACROBUTTON|DATABASE)\b",
    re.IGNORECASE,
)


def rewritten(parts: Parts) -> bytes:
    """The same document, less what is not read."""
    types = _types(parts)
    _refuse_active([*parts, *types.values()])
    keep = {name for name in parts if name in types and not _LEFT_OUT.match(name)}
    pictures, new = Pictures(), {TYPES: b""}
    for name in sorted(keep):
        if types[name].startswith("image/"):
            new[name] = pictures.rewritten(parts[name])
        elif _TEXT.match(types[name]):
            new[name] = _text(parts[name])
        else:
            raise holds(_("a part that is not known (%(name)s)") % {"name": name[:60]})
    for name in parts:
        if _RELS.match(name) and (_source(name) in new or name == "_rels/.rels"):
            new[name] = _relations(name, parts[name], new)
    _refuse_without_main(new, types)
    new[TYPES] = _written_types({name: types[name] for name in new if name in types})
    return packed(new)


def _types(parts: Parts) -> dict[str, str]:
    """The content type of each part, but of relationships."""
    if TYPES not in parts:
        raise broken()
    defaults, own = {}, {}
    for element in markup.read(parts[TYPES]):
        kind = element.get("ContentType", "")
        if markup.local(element.tag) == "Default":
            defaults[element.get("Extension", "").lower()] = kind
        else:
            own[element.get("PartName", "").removeprefix("/")] = kind
    _refuse_active([*defaults.values(), *own.values()], also_closed=False)
    return {
        name: own.get(name) or defaults.get(posixpath.splitext(name)[1][1:].lower(), "")
        for name in parts
        if name != TYPES and not _RELS.match(name)
    }


def _refuse_active(names: list[str], *, also_closed: bool = True) -> None:
    for name in names:
        if _ACTS.search(name):
            raise holds(_("macros or other programs"))
        if also_closed and _CLOSED.search(name):
            raise holds(_("another file"))


def _text(content: bytes) -> bytes:
    root = markup.read(content)
    for instruction in _instructions(root):
        if _FIELDS.match(instruction):
            raise holds(_("a field that fetches something from elsewhere"))
    markup.remove(
        root, "rsids", "attachedTemplate", "mailMerge", "embedRegular", "embedBold",
        "embedItalic", "embedBoldItalic", "docId", "docVars", "altChunk", "subDoc",
    )  # fmt: skip
    markup.forget_people(root)
    return markup.written(root)


def _instructions(root: markup.Element) -> Iterator[str]:
    """What each field says; it may be cut into many pieces, and fields may stand in fields."""
    open_fields: list[str] = []
    for element in root.iter(markup.ELEMENT):
        name = markup.local(element.tag)
        kind = next((v for k, v in element.attrib.items() if markup.local(k) == "fldCharType"), "")
        if name == "fldSimple":
            yield next((v for k, v in element.attrib.items() if markup.local(k) == "instr"), "")
        elif name == "instrText" and open_fields:
            open_fields[-1] += element.text or ""
        elif kind == "begin":
            open_fields.append("")
        elif kind in ("separate", "end") and open_fields:
            yield open_fields[-1]
            open_fields[-1] = ""
            if kind == "end":
                open_fields.pop()


def _source(name: str) -> str:
    """The part whose relationships these are."""
    folder, _slash, file = name.rpartition("/")
    return posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))


def _relations(name: str, content: bytes, kept: Parts) -> bytes:
    """The relationships to what is kept, and links to the web."""
    root = markup.read(content)
    base = posixpath.dirname(posixpath.dirname(name))
    for relation in list(root):
        kind, target = relation.get("Type", ""), relation.get("Target", "")
        if relation.get("TargetMode", "Internal").lower() == "external":
            if not kind.lower().endswith("/hyperlink"):
                raise holds(_("something that is fetched from elsewhere"))
            if not markup.WEB.match(target):
                relation.set("Target", "about:blank")
            continue
        _refuse_active([kind.rpartition("/")[2]])
        inside = posixpath.normpath(posixpath.join("/", base, target)).lstrip("/")
        if inside not in kept:
            root.remove(relation)
    return markup.written(root)


def _refuse_without_main(new: Parts, types: dict[str, str]) -> None:
    """The package's own relationships must lead to a text document."""
    if "_rels/.rels" not in new:
        raise broken()
    for relation in markup.read(new["_rels/.rels"]):
        if relation.get("Type", "").endswith("/officeDocument"):
            target = relation.get("Target", "").lstrip("/")
            if types.get(target) == _MAIN:
                return
    raise NotTaken(_("This is no text document. Save it as DOCX, ODT or PDF and try again."))


def _written_types(types: dict[str, str]) -> bytes:
    root = markup.new(_TYPE, "Types")
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    markup.add(root, "Default", {"Extension": "rels", "ContentType": rels})
    for name, kind in types.items():
        markup.add(root, "Override", {"PartName": f"/{name}", "ContentType": kind})
    return markup.written(root)
