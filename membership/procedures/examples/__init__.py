"""Procedures to begin from: three ways in which federations are known to take organisations in.

No federation's own rules: each is a beginning that a federation makes its own.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Promise] = {
    "congress": _("The sections are consulted, and a congress decides"),
    "agreement": _("By agreement with an organising committee, while the federation is formed"),
    "call": _("By signing a call, whatever the other affiliations"),
}


@cache
def example(name: str) -> dict[str, Any]:
    """Rules and questions, as the doors of procedures take them. Shared: change a copy."""
    path = Path(__file__).parent / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
