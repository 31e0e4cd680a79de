"""Log lines: each with the id of its web request, none with anything personal (control C60)."""

import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")

PERSONAL = [
    re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:]+"),  # addresses of mail
    re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),  # and of networks
    re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])"),
    re.compile(r"(?<!\w)[0-9a-fA-F:]*::[0-9a-fA-F:]*[0-9a-fA-F]"),
    re.compile(r"(?<=\?)[\w.~%+-]+=[^\s\"']*"),  # what was asked for
    re.compile(r"(?<=/password/reset/key/)[^\s\"']+"),  # the key of a letter
]


class RequestIdFilter(logging.Filter):
    """Puts the id on each log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.request_id = request_id.get() or getattr(request, "request_id", "") or "-"
        return True


class Line(logging.Formatter):
    """Blackens what must not be kept, in tracebacks too. A net under code that logs ids alone."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def scrub(text: str) -> str:
    for pattern in PERSONAL:
        text = pattern.sub("█", text)
    return text
