"""Small field types that the models of every app share."""

import datetime
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.texts import is_language

EARLIEST = datetime.date(1800, 1, 1)
YEARS_AHEAD = 20
PARTIAL_DATE = r"\A[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?\Z"


def plausible_date(day: datetime.date) -> None:
    """Refuse days on which no union can have done anything."""
    latest = timezone.localdate().year + YEARS_AHEAD
    if day < EARLIEST or day.year > latest:
        raise ValidationError(
            _("The date must lie between 1800 and %(latest)s."), params={"latest": latest}
        )


def partial_date(text: str) -> None:
    """Refuse what is no date, a day that does not exist, and a year that cannot be meant."""
    if not re.match(PARTIAL_DATE, text):
        raise ValidationError(_("Write the date as 2016, 2016-03 or 2016-03-12."))
    try:
        plausible_date(datetime.date.fromisoformat(f"{text}-01-01"[:10]))
    except ValueError:
        raise ValidationError(_("There is no such day.")) from None


class PartialDateField(models.CharField):  # type: ignore[type-arg]
    """A date as exactly as it is known: `2016`, `2016-03` or `2016-03-12`. Sorts as text."""

    default_validators = [partial_date]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 10)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)


def validate_language(tag: str) -> None:
    """A BCP 47 tag that CLDR knows."""
    if not is_language(tag):
        raise ValidationError(_("“%(tag)s” is not a language code."), params={"tag": tag})


class LanguageField(models.CharField):  # type: ignore[type-arg]
    """The language a text is in, as a BCP 47 tag (`es`, `pt-BR`)."""

    default_validators = [validate_language]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 15)
        super().__init__(*args, **kwargs)


web_url = URLValidator(schemes=["http", "https"])
