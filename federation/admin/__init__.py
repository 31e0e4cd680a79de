"""The panel of those who hold an office: Django's admin, scoped by construction.

`site` lets in current offices only; `ScopedAdmin` and `ScopedInline` ask the querysets of the
models for every row, choice, filter, action and page. The apps register theirs on top.
"""

from federation.admin import records
from federation.admin.filters import Occurring
from federation.admin.forms import ScopedForm, SearchSelect, SeenMixin
from federation.admin.offices import COORDINATOR, OPERATOR, SECRETARY
from federation.admin.scoped import ScopedAdmin, ScopedInline
from federation.admin.site import CoordinatorSite, site

__all__ = [
    "COORDINATOR",
    "OPERATOR",
    "SECRETARY",
    "CoordinatorSite",
    "Occurring",
    "ScopedAdmin",
    "ScopedForm",
    "ScopedInline",
    "SearchSelect",
    "SeenMixin",
    "records",
    "site",
]
