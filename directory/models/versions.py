"""The version of all that the public sees: one number, counted up by the database itself."""

from typing import Any, ClassVar

from django.db import models

from federation.scopes import ScopedQuerySet


class DirectoryVersion(models.Model):
    """One row. Triggers count it up in the transaction of every write that the public can see.

    So whoever has kept a page knows whether it still holds: right on both databases, with any
    number of workers, and whichever way the write came. With the time, since a number could
    come again in a database that was put back.
    """

    number = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField()
    # Which transaction counted last, so that it counts once (PostgreSQL).
    counted_by = models.BigIntegerField(null=True)

    objects: ClassVar[Any] = ScopedQuerySet["DirectoryVersion"].as_manager()

    class Meta:
        verbose_name = "version"

    def __str__(self) -> str:
        return str(self.number)
