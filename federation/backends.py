"""Who somebody is. What they may do is asked of the querysets, see `federation.scopes`."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from federation.scopes import may


class CoordinatorBackend(ModelBackend):
    """Signs in by e-mail and password."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        email = username or kwargs.get("email")
        return super().authenticate(request, username=email, password=password)

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return may(user_obj, perm, obj)

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()
