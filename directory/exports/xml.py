"""Elements of XML, written as text."""

import re
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
# Signs that no XML 1.0 document can hold, escaped or not.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def element(tag: str, text: str = "", **attributes: str) -> str:
    """An element that holds a text. Empty attributes are left out; `xml_lang` is `xml:lang`."""
    return f"{opened(tag, **attributes)}{escape(writable(text))}</{tag}>"


def opened(tag: str, **attributes: str) -> str:
    """The beginning of an element that holds others."""
    return f"<{tag}{_attributes(attributes)}>"


def empty(tag: str, **attributes: str) -> str:
    return f"<{tag}{_attributes(attributes)}/>"


def _attributes(given: dict[str, str]) -> str:
    return "".join(
        f" {name.replace('_', ':')}={quoteattr(writable(value))}"
        for name, value in given.items()
        if value
    )
