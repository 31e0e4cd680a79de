"""Object permissions of the API, asked of the same querysets as everything else."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission


class ReadOnly(BasePermission):
    """Anybody may read what the view's queryset, `visible_to(user)`, holds; nobody may write."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return request.method in SAFE_METHODS
