"""ODT: text, styles and pictures; whatever else a package may hold is left out or refused."""

import re

from django.utils.translation import gettext as _

from federation.files import markup
from federation.files.packages import Parts, Pictures, packed
from federation.files.refusals import NotTaken, broken, holds

MEDIA_TYPE = b"application/vnd.oasis.opendocument.text"
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_TEXTS = ("content.xml", "styles.xml", "settings.xml")
_ACTS = re.compile(r"Basic/|Scripts/|Dialogs/|META-INF/macrosignatures", re.IGNORECASE)
_LEFT_OUT = re.compile(
    r"(mimetype|meta\.xml|manifest\.rdf|layout-cache)\Z|META-INF/|Thumbnails/|Configurations2?/"
    r"|Fonts/|ObjectReplacements/|Versions/|VersionList\.xml\Z",
    re.IGNORECASE,
)
# Settings that name machines, files and versions.
_SETTINGS = re.compile(r"Printer|Database|Rsid|RedlineProtectionKey|.*Password|.*URL|.*Path")
_PEOPLE = (
    "creator", "creator-initials", "initial-creator", "printed-by", "author-name",
    "author-initials", "sender-initials",
)  # fmt: skip
_PROGRAMS = (
    "event-listener", "script", "execute-macro", "dde-source", "dde-connection-decl",
    "dde-connection", "applet", "plugin",
)  # fmt: skip
_OTHER_FILES = ("object", "object-ole", "floating-frame")


def rewritten(parts: Parts) -> bytes:
    """The same document, less what is not read."""
    if parts.get("mimetype") != MEDIA_TYPE:
        raise NotTaken(_("This is no text document. Save it as DOCX, ODT or PDF and try again."))
    if any(name not in parts for name in ("content.xml", "META-INF/manifest.xml")):
        raise broken()
    _refuse_locked(parts["META-INF/manifest.xml"])
    pictures, new = Pictures(), {"mimetype": MEDIA_TYPE}
    for name, content in parts.items():
        if _ACTS.match(name):
            raise holds(_("macros or other programs"))
        if name in _TEXTS:
            new[name] = _text(content)
        elif name.startswith(("Pictures/", "media/")):
            new[name] = pictures.rewritten(content)
        elif not _LEFT_OUT.match(name):
            raise holds(_("another file"))
    new["META-INF/manifest.xml"] = _manifest(new)
    return packed(new)


def _refuse_locked(manifest: bytes) -> None:
    if any(
        markup.local(one.tag) == "encryption-data"
        for one in markup.read(manifest).iter(markup.ELEMENT)
    ):
        raise NotTaken(_("The document is protected by a password. Save it without and try again."))


def _text(content: bytes) -> bytes:
    root = markup.read(content)
    markup.remove(root, "font-face-src")
    for element in root.iter(markup.ELEMENT):
        name = markup.local(element.tag)
        if name in _PROGRAMS:
            raise holds(_("macros or other programs"))
        if name in _OTHER_FILES:
            raise holds(_("another file"))
        _check_links(element, name)
        if name in _PEOPLE:
            element.text = ""
    for item in [one for one in root.iter(markup.ELEMENT) if _is_of_machine(one)]:
        item.getparent().remove(item)
    markup.forget_people(root)
    return markup.written(root)


def _check_links(element: markup.Element, name: str) -> None:
    """Whoever clicks may go to the web; nothing else leads out of the file."""
    for key, target in element.attrib.items():
        if markup.local(key) != "href" or not target or target.startswith("#"):
            continue
        if name == "a":
            if not markup.WEB.match(target):
                element.set(key, "#")
        elif not target.removeprefix("./").startswith(("Pictures/", "media/")):
            raise holds(_("something that is fetched from elsewhere"))


def _is_of_machine(element: markup.Element) -> bool:
    if not markup.local(element.tag).startswith("config-item"):
        return False
    names = [value for key, value in element.attrib.items() if markup.local(key) == "name"]
    return any(_SETTINGS.match(name) for name in names)


def _manifest(new: Parts) -> bytes:
    root = markup.new(_MANIFEST, "manifest", "manifest")
    files = {"/": MEDIA_TYPE.decode()} | {name: "" for name in new if name != "mimetype"}
    files |= {name: "text/xml" for name in files if name.endswith(".xml")}
    path, media_type = f"{{{_MANIFEST}}}full-path", f"{{{_MANIFEST}}}media-type"
    for name, kind in files.items():
        markup.add(root, "file-entry", {path: name, media_type: kind})
    return markup.written(root)
