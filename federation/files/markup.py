"""XML inside office documents: read without entities, and freed of who wrote it."""

import re
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from federation.files.refusals import broken, holds, too_large_inside

Element = Any  # lxml carries no types
MOST_BYTES = 10_000_000  # of one part; read, it takes many times that
ELEMENT = etree.Element  # to walk through elements and nothing else

# Attributes that name people, or tell which versions of a text have one origin.
_PEOPLE = frozenset({"author", "initials", "userId", "lastModifiedBy", "creator"})
_TRACES = re.compile(r"(paragraph-)?rsid", re.IGNORECASE)
WEB = re.compile(r"(https?://|mailto:)[^\s\x00-\x1f]+\Z", re.IGNORECASE)


def read(content: bytes) -> Element:
    """The root element; a document type, and with it every entity, is refused."""
    if len(content) > MOST_BYTES:
        raise too_large_inside()
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise broken() from None
    if root.getroottree().docinfo.doctype:
        raise holds(_("a document type definition"))
    return root


def written(root: Element) -> bytes:
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)
    return content


def new(namespace: str, name: str, prefix: str | None = None) -> Element:
    """An empty document."""
    return etree.Element(f"{{{namespace}}}{name}", nsmap={prefix: namespace})


def add(parent: Element, name: str, attributes: dict[str, str]) -> None:
    """A further element of the parent's own namespace."""
    namespace = etree.QName(parent).namespace
    etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)


def local(tag: Any) -> str:
    """The name of an element or attribute without its namespace."""
    return str(tag).rpartition("}")[2]


def forget_people(root: Element) -> None:
    """Empty the attributes that name people, and take away traces of versions."""
    for element in root.iter(ELEMENT):
        for name in list(element.attrib):
            if local(name) in _PEOPLE:
                element.attrib[name] = ""
            elif _TRACES.match(local(name)):
                del element.attrib[name]


def remove(root: Element, *names: str) -> None:
    """Take away every element of one of these local names, with what stands in it."""
    for element in [one for one in root.iter(ELEMENT) if local(one.tag) in names]:
        parent = element.getparent()
        if parent is None:
            raise broken()
        # What follows an element is text of its parent.
        before = element.getprevious()
        if element.tail and before is not None:
            before.tail = (before.tail or "") + element.tail
        elif element.tail:
            parent.text = (parent.text or "") + element.tail
        parent.remove(element)
