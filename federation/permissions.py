"""Object permissions of the API, asked of the same querysets as everything else."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS, BasePermission


class ReadOnly(BasePermission):
    """Anybody may read what the view's queryset, `visible_to(user)`, holds; nobody may write.

    Writing is not forbidden to somebody but absent for all, so the answer is 405.
    """

    def has_permission(self, request: Any, view: Any) -> bool:
        if request.method not in SAFE_METHODS:
            raise MethodNotAllowed(request.method)
        return True
