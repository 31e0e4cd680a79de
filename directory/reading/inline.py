"""The notation inside one entry: links, bold, templates and flags, in Markdown and MediaWiki.

Both notations are read by the same scanner, since pages are pasted together from both and
their signs do not collide. What a reader of the page would not see (images, categories,
footnotes) is left out; what is broken raises `Unclear`.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from directory.countries import country_code, country_codes
from directory.reading.page import Unclear, shortened

MAX_DEPTH = 5


class Kind(StrEnum):
    TEXT = "text"
    LINK = "link"
    COUNTRY = "country"


@dataclass(frozen=True)
class Part:
    """A piece of an entry. A link has a target inside the wiki or an address on the web."""

    kind: Kind
    text: str
    target: str = ""
    url: str = ""
    strong: bool = False


_TAGS = re.compile(
    r"</?(?:abbr|b|bdi|big|center|code|em|font|i|nowiki|small|span|strong|sub|sup|tt|u)\b[^<>]*>",
    re.IGNORECASE,
)
_BREAKS = re.compile(r"<(?:br|wbr)\b[^<>]*>", re.IGNORECASE)
_STRUCK = re.compile(r"~~|</?(?:s|del|strike)\b", re.IGNORECASE)
_OTHER_TAGS = re.compile(r"<!--|(?<!\]\()<[/!]?(?!https?:)[a-z][^<>]*>?", re.IGNORECASE)
_SIGNS = re.compile(r"\[\[|\{\{|!?\[|\]\]?|\}\}|\*\*|'''|<?https?://[^\s<>\"\[\]|{}]+>?")
_WIKILINK_ADDRESS = re.compile(r"\(\s*([^\"]*?)\s+\"wikilink\"\s*\)")
_TITLE_AND_END = re.compile(r"\s+(?:\"[^\"]*\"|'[^']*')\s*\)")
_FOOTNOTE = re.compile(r"\^.*|\d{1,3}|[a-z]|(?:nb|note) \d+|citation needed", re.IGNORECASE)
_TRAIL = re.compile(r"[^\W\d_]*")
_EMPHASIS = re.compile(r"''+|`|(?<![^\W_])[*_]+|[*_]+(?![^\W_])")
_DANGEROUS = re.compile(r"(?:javascript|data|vbscript|mailto|file):", re.IGNORECASE)
_UNSEEN = re.compile(
    r"(?:category|categor[ií]a|cat[ée]gorie|kategorie|kategoria|kategori|категория|تصنيف"
    r"|file|image|media|archivo|imagen|fichier|datei|bild|ficheiro|immagine|plik|файл|ملف|dosya)\s*:",
    re.IGNORECASE,
)
_FLAGS = re.compile(r"flag.*|country.*|bandera.*|bandiera|drapeau|bandeira|flaga", re.IGNORECASE)
_NOTES = re.compile(r"cite\b.*|citation.*|cn|fact|ref|efn|sfn|note|when|who", re.IGNORECASE)
_WRAPPERS = {"lang", "nowrap", "small", "nobold", "nobr"}

# Escaped signs wait at the far end of the private use area until the others have been read.
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ESCAPED = 0x10F000
_UNESCAPE = {_ESCAPED + code: chr(code) for code in range(0x21, 0x7F)}


def parse(text: str) -> list[Part]:
    """The parts of an entry in their order."""
    text = _BREAKS.sub(" ", _TAGS.sub("", text))
    if _STRUCK.search(text):
        raise Unclear(_("The entry is struck out."))
    tag = _OTHER_TAGS.search(text)
    if tag:
        raise Unclear(_("The tag %(tag)s is not understood.") % {"tag": shortened(tag[0], 40)})
    text = _ESCAPE.sub(lambda sign: chr(_ESCAPED + ord(sign[1])), text)
    return [part for part in _parts(text) if part.text.strip() or part.url]


def plain(parts: list[Part]) -> str:
    """What a reader sees of the parts."""
    return " ".join("".join(part.text for part in parts).split())


def without_disambiguation(title: str) -> tuple[str, str]:
    """The title of a wiki page, and what stands in brackets behind it: Germinal (Chile)."""
    before, bracket, inside = title.removesuffix(")").rpartition("(")
    bare = before.rstrip(" _")
    if not (title.endswith(")") and bracket and bare) or ")" in inside:
        return title, ""
    return bare, inside


def country_in_title(title: str) -> tuple[str, ...]:
    """The countries in the brackets of a wiki page's title. (LI) is more often none."""
    inside = without_disambiguation(title.replace("_", " "))[1]
    return country_codes(inside) if len(inside) > 2 or inside in {"UK", "US"} else ()


def _parts(text: str) -> Iterator[Part]:
    at, strong = 0, False
    while sign := _SIGNS.search(text, at):
        if sign.start() > at:
            yield Part(Kind.TEXT, _seen(text[at : sign.start()]), strong=strong)
        part, at = None, sign.end()
        if sign[0] in {"**", "'''"}:
            strong = not strong
        elif sign[0].startswith(("]", "}")):
            raise Unclear(_("A bracket is closed that was not opened."))
        elif "://" in sign[0]:
            part, at = _bare_address(sign[0], sign.start())
        else:
            part, at = _READERS[sign[0]](text, sign.start())
        if part:
            yield replace(part, strong=strong)
    if strong:
        raise Unclear(_("Bold text is opened and not closed."))
    yield Part(Kind.TEXT, _seen(text[at:]))


def _seen(text: str) -> str:
    """The text without signs of emphasis. The star in Arbeiter*innen is none."""
    return html.unescape(_EMPHASIS.sub("", text)).translate(_UNESCAPE)


def _closing(text: str, start: int, opening: str, closing: str) -> int:
    """Where the bracket that opens at `start` is closed."""
    depth = 0
    for sign in re.finditer(f"{re.escape(opening)}|{re.escape(closing)}", text[start:]):
        depth += 1 if sign[0] == opening else -1
        if depth == 0:
            return start + sign.start()
        if depth > MAX_DEPTH:
            raise Unclear(_("Brackets are nested too deeply."))
    raise Unclear(_("A bracket is opened and not closed: %(sign)s") % {"sign": opening})


def _bare_address(address: str, start: int) -> tuple[Part, int]:
    end = start + len(address)
    url = address.strip("<>")
    stop = url.rstrip(").,;:!?'") if "(" not in url else url.rstrip(".,;:!?'")
    if not address.startswith("<"):
        end -= len(url) - len(stop)
    return Part(Kind.LINK, "", url=stop), end


def _wiki_link(text: str, start: int) -> tuple[Part | None, int]:
    """``[[target]]``, ``[[target|label]]``, and ``[[target (which)|]]`` with the bracket hidden."""
    close = _closing(text, start, "[[", "]]")
    end = close + 2
    target, bar, label = text[start + 2 : close].partition("|")
    if _UNSEEN.match(target.strip()):
        return None, end
    target = _seen_address(target).removeprefix(":")
    if bar and label.strip():
        label = plain(list(_parts(label)))
    else:
        label = without_disambiguation(target.replace("_", " "))[0]
    trail = _TRAIL.match(text, end)
    label += trail[0] if trail else ""
    return _link(label, target, end + len(trail[0] if trail else ""))


def _bracket(text: str, start: int) -> tuple[Part | None, int]:
    """``[label](target "title")``, ``[https://… label]``, or a footnote mark."""
    close = _closing(text, start, "[", "]")
    inner, end = text[start + 1 : close], close + 1
    external = re.match(r"\s*(https?://\S+|//\S+)\s*(.*)", inner, re.DOTALL)
    if external and not text.startswith("(", end):
        return _link(plain(list(_parts(external[2]))), external[1], end, label_needed=False)
    if text.startswith("(", end):
        target, end = _address(text, end)
        if _UNSEEN.match(target) or _UNSEEN.match(inner.strip()):
            return None, end
        return _link(plain(list(_parts(inner))), _seen_address(target), end)
    if _FOOTNOTE.fullmatch(inner.strip()):
        return None, end
    raise Unclear(
        _("Square brackets without an address: %(text)s") % {"text": shortened(inner, 80)}
    )


def _address(text: str, start: int) -> tuple[str, int]:
    """The target in round brackets, which may have round brackets and blanks in it."""
    wikilink = _WIKILINK_ADDRESS.match(text, start)
    if wikilink and "](" not in wikilink[1]:
        return wikilink[1], wikilink.end()
    depth = 0
    for at in range(start, len(text)):
        if text[at] in "()":
            depth += 1 if text[at] == "(" else -1
        title = _TITLE_AND_END.match(text, at) if depth == 1 else None
        if depth == 0 or title:
            return text[start + 1 : at].strip(), title.end() if title else at + 1
    raise Unclear(_("The address of a link is opened and not closed."))


def _seen_address(target: str) -> str:
    return html.unescape(target.strip().strip("<>")).translate(_UNESCAPE)


def _link(label: str, target: str, end: int, *, label_needed: bool = True) -> tuple[Part, int]:
    if not target or (label_needed and not label.strip()):
        raise Unclear(_("The link is empty."))
    if _DANGEROUS.match(target):
        raise Unclear(_("The link leads to no page: %(to)s") % {"to": shortened(target, 80)})
    if target.startswith("//"):
        target = f"https:{target}"
    if re.match(r"https?://", target, re.IGNORECASE):
        return Part(Kind.LINK, label, url=target), end
    return Part(Kind.LINK, label, target="_".join(target.split())), end


def _image(text: str, start: int) -> tuple[None, int]:
    _part, end = _bracket(text, start + 1)
    return None, end


def _template(text: str, start: int) -> tuple[Part | None, int]:
    """Flags, ``{{flag|Spain}}`` or ``{{ESP}}``, are countries; few others are understood."""
    close = _closing(text, start, "{{", "}}")
    name, *values = (value.strip() for value in text[start + 2 : close].split("|"))
    values = [value for value in values if "=" not in value]
    if _FLAGS.fullmatch(name) and values and country_code(values[0]):
        return Part(Kind.COUNTRY, values[0]), close + 2
    if not values and len(name) > 2 and country_code(name):
        return Part(Kind.COUNTRY, name), close + 2
    if name.lower() in _WRAPPERS and values:
        inner = list(_parts(values[-1]))
        return replace(inner[0], text=plain(inner)), close + 2
    if _NOTES.fullmatch(name):
        return None, close + 2
    raise Unclear(_("The template “%(name)s” is not understood.") % {"name": shortened(name, 80)})


_READERS = {"[[": _wiki_link, "[": _bracket, "![": _image, "{{": _template}
