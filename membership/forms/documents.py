"""Choosing documents to add to a request."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.files.cleaning import ACCEPT
from federation.files.names import shown_name, suffix_of


class FilesInput(forms.FileInput):
    """A file input for one or several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files. Whether they can be taken is said of each when it is added."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = [one for one in data or [] if one]
        if not files:
            raise forms.ValidationError(_("Choose a file first."))
        return files


class DocumentsForm(forms.Form):
    files = FilesField(
        label=gettext_lazy("Files"),
        help_text=gettext_lazy(
            "PDF, JPEG, PNG, ODT or DOCX; at most 10 MB each, and 25 MB at once."
        ),
        widget=FilesInput(attrs={"accept": ACCEPT}),
    )

    def refuse(self, upload: UploadedFile, refusal: Exception) -> None:
        """Say beside the field why a file was not added, naming the file."""
        name = shown_name(upload.name or "", suffix_of(upload.name or ""))
        text = _("%(name)s: %(why)s") % {"name": name, "why": refusal}
        self.add_error("files", text)
