"""Reads `data/`: what is known of the real federations, and what is invented."""

import json
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
FEDERATIONS = ("iwa", "asi", "ilnss", "lantern")
INVENTED = "lantern"


@cache
def read(name: str) -> dict[str, Any]:
    """The file `name`.json. Shared: whoever changes it changes a copy."""
    found: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    return found


def organisations(slug: str) -> list[dict[str, Any]]:
    """The organisations of a federation's file, each with what the file says of them all."""
    facts = read(slug)
    return [{**facts.get("each", {}), **row} for row in facts["organisations"]]
