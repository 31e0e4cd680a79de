"""What the forms of the parts of a request have in common.

What is given is checked when a page is saved; that all is given that must be, only before the
request is sent. So a page can be saved half done, and nothing that was written is lost.
"""

from typing import Any

from django import forms
from django.utils.functional import Promise

from membership.models import AffiliationRequest
from membership.requests import sections

Group = tuple[str | Promise, list[Any]]


class SectionForm(forms.Form):
    """One part. `mark` tells what stood there when the page was opened; see drafts.save."""

    key: str

    mark = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)

    def __init__(self, *args: Any, draft: AffiliationRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft, self.section = draft, sections.SECTION[self.key]
        self.arrange()
        for name in self.fields:
            self.initial.setdefault(name, self.initial_of(name))
        self.initial["mark"] = sections.mark_of(draft, self.section)

    def arrange(self) -> None:
        """Fit the fields to the procedure of the draft."""

    def initial_of(self, name: str) -> Any:
        return sections.answer_of(self.draft, name)

    def groups(self) -> list[Group]:
        """The fields under their headings."""
        return [("", [field for field in self if not field.is_hidden])]

    def answers(self) -> dict[str, Any]:
        """What is to be stored, by the names of the section's answers."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "mark"}

    def full_clean(self) -> None:
        """Check what was given. That something is missing is said before sending, not here."""
        required = [field for field in self.fields.values() if field.required]
        for field in required:
            field.required = False
        super().full_clean()
        for field in required:
            field.required = True
