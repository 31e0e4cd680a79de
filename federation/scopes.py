"""Rights are querysets (design.md, invariant 9).

`visible_to(user)` is what somebody may see, `managed_by(user)` what they may change,
`held_by(user)` what is about them. Nothing, unless a model says otherwise. Page, admin,
API, export and command all ask here; a row outside the scope is a 404.
"""

from typing import Any, Self, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model, covariant=True)


class ScopedQuerySet(QuerySet[M]):
    """A queryset that shows nobody anything until its model says what."""

    def visible_to(self, user: Any) -> Self:
        return self.none()

    def managed_by(self, user: Any) -> Self:
        return self.none()

    def held_by(self, user: Any) -> Self:
        return self.none()


def is_somebody(user: Any) -> bool:
    """A signed-in account that has not been closed."""
    return bool(user is not None and user.is_authenticated and user.is_active)


def is_operator(user: Any) -> bool:
    """A superuser: repairs public facts, sees no person's record."""
    return is_somebody(user) and bool(user.is_superuser)


def must_manage(obj: Model, user: Any) -> None:
    """Raise PermissionDenied unless the stored row lies in what `user` manages.

    Called again after each write, inside its transaction: a form that moves a row
    out of its scope takes the whole change back.
    """
    scope: Any = type(obj)._default_manager
    if not scope.managed_by(user).filter(pk=obj.pk).exists():
        raise PermissionDenied


def may(user: Any, perm: str, obj: Model | None) -> bool:
    """Django's question `has_perm`, answered by the querysets; without an object it is no.

    Viewing asks `visible_to`, all else `managed_by`. Django's permission tables are not used.
    """
    if not is_somebody(user) or obj is None:
        return False
    manager: Any = type(obj)._default_manager
    scope = getattr(manager, "visible_to" if ".view_" in perm else "managed_by", None)
    return scope is not None and bool(scope(user).filter(pk=obj.pk).exists())
