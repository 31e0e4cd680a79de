"""A federation's statutes and rules: versions with their words, and a document per language."""

from typing import Any

from django import forms
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Statutes, StatutesText
from directory.statutes import remove_document, set_document, without_orphans
from federation import audit
from federation.admin import ScopedAdmin, ScopedInline, site
from federation.admin.scoped import COORDINATORS
from federation.files import keeping
from federation.files.cleaning import ACCEPT
from federation.files.receiving import takes_files
from federation.files.refusals import NotTaken
from federation.models.fields import validate_language


class WordsForm(forms.ModelForm):  # type: ignore[type-arg]
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea({"rows": 20, "cols": 80, "dir": "auto"}),
        help_text=_(
            "An empty line ends a paragraph. A line that begins with # is a heading, one that "
            "begins with ## a heading below it. Nothing else is marked."
        ),
    )

    def clean(self) -> Any:
        given = super().clean()
        if not self.cleaned_data.get("text") and self.instance.document_id is None:
            raise ValidationError(_("Write the text or add the document."))
        return given


class Words(ScopedInline):
    model = StatutesText
    form = WordsForm
    fields = ("language", "text")


class DocumentForm(forms.Form):
    """A file for one language, in place of the one that is there."""

    fieldsets = ((_("Add a document"), {"fields": ("language", "document")}),)

    language = forms.CharField(
        label=_("Language"), max_length=15, validators=[validate_language],
        help_text=_("A document in this language that is there already is replaced."),
    )  # fmt: skip
    document = forms.FileField(
        label=_("Document"),
        help_text=_("PDF, JPEG, PNG, ODT or DOCX, 10 MB. Everybody may read it."),
        widget=forms.FileInput({"accept": ACCEPT}),
    )


class StatutesAdmin(ScopedAdmin):
    """Each version is a row of its own; documents are added on a page that takes files."""

    added_by = changed_by = deleted_by = COORDINATORS
    fixed = ("federation",)
    inlines = (Words,)
    list_display = ("title", "kind", "since", "language", "federation")
    list_filter = ("federation", "kind")
    list_select_related = ("federation",)
    autocomplete_fields = ("decision", "source")
    fieldsets = (
        (None, {"fields": ("federation", "kind", "titles", "language", "since")}),
        (_("What it rests on"), {"fields": ("decision", "source")}),
        (None, {"fields": ("changes",)}),
    )

    def view_on_site(self, obj: Statutes) -> str:
        return obj.get_absolute_url()

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        with without_orphans(form.instance):
            super().save_related(request, form, formsets, change)

    def delete_model(self, request: HttpRequest, obj: Statutes) -> None:
        with without_orphans(Statutes(pk=obj.pk)):
            super().delete_model(request, obj)

    # --- documents ----------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        own = path(
            "<path:object_id>/documents/",
            self.admin_site.admin_view(self.documents_view),
            name="directory_statutes_documents",
        )
        return [own, *super().get_urls()]

    @takes_files
    def documents_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        version = self._managed(request, object_id)
        form = DocumentForm(initial={"language": version.language})
        if request.method == "POST" and "remove" in request.POST:
            self._remove(request, object_id)
            return self._documents(version)
        if request.method == "POST":
            form = DocumentForm(request.POST, request.FILES)
            if form.is_valid() and self._add(request, object_id, form):
                return self._documents(version)
        return self._draw(request, form, version)

    def _managed(self, request: HttpRequest, object_id: str) -> Statutes:
        """The version; under its lock within a transaction that changes something."""
        version: Statutes | None = self.get_object(request, unquote(object_id))
        if version is None or not self.has_change_permission(request, version):
            raise Http404
        return version

    def _add(self, request: HttpRequest, object_id: str, form: DocumentForm) -> bool:
        try:
            clean = keeping.cleaned(form.cleaned_data["document"])
        except NotTaken as refusal:
            form.add_error("document", str(refusal))
            return False
        with transaction.atomic():
            version = self._managed(request, object_id)
            set_document(version, form.cleaned_data["language"], clean)
            self.record(audit.Action.CHANGE, request, version, ["words"])
        self.message_user(request, _("The document is added."))
        return True

    def _remove(self, request: HttpRequest, object_id: str) -> None:
        with transaction.atomic():
            version = self._managed(request, object_id)
            language = request.POST["remove"]
            words = _with_documents(version).filter(language=language).first()
            if words is None:
                raise Http404
            remove_document(words)
            self.record(audit.Action.CHANGE, request, version, ["words"])
        self.message_user(request, _("The document is removed."))

    def _documents(self, version: Statutes) -> HttpResponse:
        page = reverse("admin:directory_statutes_documents", args=[quote(version.pk)])
        return HttpResponseRedirect(page)

    def _draw(self, request: HttpRequest, form: DocumentForm, version: Statutes) -> HttpResponse:
        shown = AdminForm(form, list(form.fieldsets), {}, model_admin=self)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Documents"),
            "subtitle": version,
            "opts": self.opts,
            "original": version,
            "adminform": shown,
            "errors": form.errors,
            "media": self.media + shown.media,
            "documents": _with_documents(version),
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/directory/statutes/documents.html", context)


def _with_documents(version: Statutes) -> "QuerySet[StatutesText]":
    rows = version.words.exclude(document=None).select_related("statutes__federation", "document")
    return rows.defer("document__content", "text").order_by("language")


site.register(Statutes, StatutesAdmin)
