"""Rights are querysets (design.md, invariant 9).

`visible_to(user)` is what somebody may see, `managed_by(user)` what they may change,
`held_by(user)` what is about them. Nothing, unless a model says otherwise. Page, admin,
API, export and command all ask here; a row outside the scope is a 404.
"""

from typing import Any, Self, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet

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
    return user is not None and not isinstance(user, AnonymousUser) and bool(user.is_active)


def is_operator(user: Any) -> bool:
    """A superuser: repairs public facts, sees no person's record."""
    return is_somebody(user) and bool(user.is_superuser)


def none_of_them() -> Q:
    """A condition no row meets."""
    return Q(pk__in=())


def must_manage(obj: Model, user: Any) -> None:
    """Raise PermissionDenied unless the stored row lies in what `user` manages.

    Called again after each write, inside its transaction: a form that moves a row
    out of its scope takes the whole change back.
    """
    scope: Any = type(obj)._default_manager
    if not scope.managed_by(user).filter(pk=obj.pk).exists():
        raise PermissionDenied


class CoordinatorBackend(ModelBackend):
    """Signs in by e-mail and password; every permission is a question to a queryset.

    Without an object: does this person manage any row of the model? The permission
    tables of Django are not used.
    """

    def authenticate(self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any) -> Any:
        return super().authenticate(request, username=username or kwargs.get("email"), password=password)

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not is_somebody(user_obj) or obj is None:
            return False
        manager: Any = type(obj)._default_manager
        scope = getattr(manager, "visible_to" if "view_" in perm else "managed_by", None)
        return scope is not None and bool(scope(user_obj).filter(pk=obj.pk).exists())

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()
