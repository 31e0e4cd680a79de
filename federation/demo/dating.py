"""Lets what is done today bear an earlier day, so that the inbox looks lived in.

Days are counted back from the day of building.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from federation.models import Letter


def days_ago(days: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(days=days)


def day_ago(days: float) -> datetime.date:
    return timezone.localdate(days_ago(days))


def dated_back(ago: float, act: Callable[[], Any]) -> Any:
    """Do it, and give its letters the day `ago` days before."""
    begun, then = timezone.now(), days_ago(ago)
    done = act()
    Letter.objects.filter(queued_at__gte=begun).update(queued_at=then, due_at=then)
    return done


def moved(ago: float, move: Callable[[], Any]) -> Any:
    """Make a move as if it had been made `ago` days before; its step and letters bear that day."""
    filing = dated_back(ago, move)
    filing.steps.filter(number=filing.step).update(at=days_ago(ago))
    return filing


def put_back(row: Any, ago: float, *fields: str) -> None:
    """Give days and moments of a stored row that were counted from today the same distance
    from the day `ago` days before."""
    distance = datetime.timedelta(days=ago)
    fresh: Any = type(row)._default_manager.get(pk=row.pk)
    values = {name: getattr(fresh, name) for name in fields}
    earlier = {name: value - distance for name, value in values.items() if value is not None}
    type(row)._default_manager.filter(pk=row.pk).update(**earlier)
