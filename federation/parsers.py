"""JSON that strangers send: no deeper than anything here is, and only text that can be stored."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 8
MOST = 5_000  # values in one body


class PlainJSONParser(JSONParser):
    """Refuses what some software fell over: depth without end, half signs, NUL, numbers too big."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("It is nested too deeply.") from None
        level, depth, count = [data], 0, 0
        while level:
            depth, count = depth + 1, count + len(level)
            if depth > DEEPEST or count > MOST:
                raise ParseError("It is nested too deeply, or too much.")
            level = [inner for value in level for inner in _inside(value)]
        return data


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and ("\x00" in value or _is_torn(value)):
        raise ParseError("It holds signs that are no text.")
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise ParseError("It holds a number that is too big.")
    return []


def _is_torn(text: str) -> bool:
    """Whether half of a sign stands alone, which no encoding can write."""
    return any("\ud800" <= sign <= "\udfff" for sign in text)
