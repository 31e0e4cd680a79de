"""Form fields for organisations and countries."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from directory.countries import countries, country_name
from directory.models import Organisation


class OrganisationAddress(forms.CharField):
    """An organisation, given by the address of its public page or the last part of it.

    Names repeat, addresses do not; and no list of all organisations needs to be shown. An
    address outside `among` is answered like one that does not exist.
    """

    def __init__(self, *, among: "QuerySet[Organisation]", **kwargs: Any) -> None:
        self.among = among
        kwargs.setdefault(
            "help_text",
            _("Copy the address of its page, such as …/organisations/name-of-it/."),
        )
        super().__init__(max_length=500, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The address of the stored row. What somebody typed is given back as it is."""
        if not isinstance(value, int):
            return value
        return Organisation.objects.filter(pk=value).values_list("slug", flat=True).first()

    def clean(self, value: Any) -> Organisation | None:
        text = super().clean(value)
        if not text:
            return None
        slug = text.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2]
        found: Organisation | None = self.among.filter(slugs__slug=slug).first()
        if found is None:
            raise ValidationError(_("No organisation stands in the directory at this address."))
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def country_choices() -> list[tuple[str, str]]:
    """Code and name of every country, by name in the reader's language."""
    named = [(code, country_name(code)) for code in countries()]
    return [("", "–"), *sorted(named, key=lambda pair: pair[1])]


def country_field(**kwargs: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(choices=country_choices, **kwargs)
