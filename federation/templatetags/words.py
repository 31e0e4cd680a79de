"""Words in a row, as the reader's language writes them."""

from collections.abc import Iterable
from typing import Any

from django import template

from federation.texts import listed as in_a_row

register = template.Library()


@register.filter
def listed(words: Iterable[Any]) -> str:
    """The words with the reader's comma between them; each is escaped, if it is not safe."""
    return in_a_row(words)


@register.simple_tag
def comma() -> str:
    """The reader's comma and the space after it, for rows made of more than words."""
    return in_a_row(("", ""))
