"""Letters as the demonstration shows them: open, with their links leading to this site."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from federation.models import Letter

NEWEST = 100
CODE = re.compile(r"^ +(\d{6})$", re.MULTILINE)
# A letter of yesterday may name the port of yesterday.
HERE = re.compile(r"https?://(?:localhost|127\.0\.0\.1)(?::\d+)?(?=/|\s|$)")


@dataclass(frozen=True)
class Shown:
    """A letter, its text with links, and the code it brings, if any."""

    letter: Letter
    paragraphs: list[SafeString]
    code: str


def newest() -> list[Letter]:
    return list(Letter.objects.order_by("-queued_at", "-pk")[:NEWEST])


def shown(letter: Letter) -> Shown:
    code = CODE.search(letter.body)
    return Shown(
        letter=letter,
        paragraphs=[linked(part) for part in re.split(r"\n\s*\n", letter.body.strip())],
        code=code[1] if code else "",
    )


def linked(text: str) -> SafeString:
    """The text, escaped, its lines kept, its addresses of this site as links."""
    lines = (
        format_html_join(" ", "{}", ((_link(word),) for word in line.split()))
        for line in text.strip().splitlines()
    )
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


def _link(word: str) -> str | SafeString:
    path = HERE.sub("", word.removeprefix(settings.SITE_URL))
    if path == word:
        return word
    return format_html('<a href="{}">{}</a>', path or "/", word)


def as_json(letter: Letter) -> dict[str, Any]:
    return {
        "id": str(letter.pk),
        "to": letter.recipient,
        "subject": letter.subject,
        "body": letter.body,
        "language": letter.language,
        "state": letter.state,
        "queued_at": letter.queued_at.isoformat(),
        "sent_at": letter.sent_at.isoformat() if letter.sent_at else None,
    }
