"""JSON: a whole list in one document, each organisation as the API tells of it."""

import datetime
import json
from array import array
from collections.abc import Iterator

from directory import answers
from directory.exports.about import About

CONTENT_TYPE = "application/json"
AT_ONCE = 500  # organisations


def stream(wanted: "array[int]", day: datetime.date, about: About) -> Iterator[str]:
    """The members about the list come first, the count last: with it the list is whole."""
    yield f'{dumped(about.members())[:-1]}, "results": ['
    number = 0
    for start in range(0, len(wanted), AT_ONCE):
        made = answers.organisations(wanted[start : start + AT_ONCE], day, about.organisation)
        yield "".join(f"{',' if number + at else ''}\n{dumped(one)}" for at, one in enumerate(made))
        number += len(made)
    yield f'\n], "count": {number}}}\n'


# Made once: json.dumps would make it anew for every row.
dumped = json.JSONEncoder(ensure_ascii=False, default=datetime.date.isoformat).encode
