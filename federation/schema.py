"""What the API's schema says of every address alike: refusals, headers, what a parameter takes."""

from typing import Any

from federation.problems import MEDIA_TYPE, NOT_THERE
from federation.sharing import takes_a_key

PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSALS = {
    "400": "The question is not understood; `errors` says which parameter and why.",
    "404": NOT_THERE,
    "406": "Only JSON is spoken here.",
    "414": "The address is too long: so says the server before us, in its own words.",
    "429": "Your network has asked too often.",
    "500": "The fault is ours, and it was noted.",
    "503": "The database is away. Try again after a minute.",
}
# Beside these, what needs a key or a token has more ways to refuse.
WITH_A_KEY = {
    "401": "A key or a token is needed, or the one that was shown is not valid.",
    "403": "The key or token does not open this.",
    "409": "It is not open now, or somebody was quicker: `since` tells what happened.",
    "413": "Too much was sent.",
    "415": "It was sent in a form that is not understood.",
    "422": "The Idempotency-Key was sent before with another content.",
}
RETRY = {"Retry-After": "After how many seconds to ask again."}
ALWAYS = {
    "RateLimit": "What is left of your network’s allowance, and in how many seconds it is full.",
    "RateLimit-Policy": "How many requests your network may make in how many seconds.",
}
FRESH = {
    "ETag": "The version of the answer. Sent back as If-None-Match it may save the answer.",
    "Last-Modified": "When the public directory last changed.",
}
LINK = {"Link": "The neighbours of this page of the list: rel next and previous."}

SLUG = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$", "maxLength": 80}
# What a parameter takes, said more exactly than the filters do.
TAKES = {
    "q": {"type": "string", "minLength": 1, "maxLength": 200},
    "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
    "federation": SLUG,
    "status": SLUG,
    "organisation": SLUG,
    "slug": SLUG,
    "after": {"type": "string", "minLength": 1, "maxLength": 1000},
}
EXAMPLES = {
    "country": "SE",
    "language": "es",
    "on": "2019-12-08",
    "since": "2026-01-01T00:00:00Z",
}


def complete(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add to every operation what all of them share."""
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            has_key = takes_a_key(path, method)
            _refuse(path, operation, has_key=has_key)
            if not has_key:
                _tell_of_reading(path, operation)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def _refuse(path: str, operation: dict[str, Any], *, has_key: bool) -> None:
    responses = operation["responses"]
    for status, description in REFUSALS.items():
        if status == "404" and "{" not in path:
            continue
        headers = _headers({**ALWAYS, **(RETRY if status in ("429", "503") else {})})
        responses[status] = {"description": description, "headers": headers}
        if status != "414":
            responses[status]["content"] = PROBLEM
    for status in WITH_A_KEY if has_key else ():
        responses[status] = {"description": WITH_A_KEY[status], "content": PROBLEM}


def _tell_of_reading(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    is_list = not path.endswith("}/")
    responses["200"]["headers"] = _headers({**FRESH, **ALWAYS, **(LINK if is_list else {})})
    responses["304"] = {
        "description": "Nothing has changed since the answer whose ETag or date was sent along.",
        "headers": _headers({**FRESH, **ALWAYS}),
    }
    for parameter in operation.get("parameters", ()):
        _describe(parameter)


def _describe(parameter: dict[str, Any]) -> None:
    name = parameter["name"]
    if name in TAKES and "enum" not in parameter["schema"]:
        parameter["schema"] = TAKES[name]
    if name in EXAMPLES:
        parameter["example"] = EXAMPLES[name]


def _headers(described: dict[str, str]) -> dict[str, Any]:
    """Each of them may be missing: a cache, or an installation without limits, adds none."""
    return {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in described.items()
    }
