"""An organisation hears what the coordinators recorded in its name, from what it wrote to them."""

import contextlib
from typing import Any

from django.core.exceptions import ValidationError

from directory.models import Organisation
from directory.models.keepers import mailboxes_of, secretaries_of
from membership.letters.sending import tell


def tell_recorded(organisation: Organisation, subject: Any) -> None:
    """One letter to each of its role mailboxes, and to its secretaries should there be any."""
    people = [(person.email, person.language) for person in secretaries_of(organisation)]
    mailboxes = [(address, organisation.language) for address in mailboxes_of(organisation)]
    for address, language in dict([*mailboxes, *people]).items():
        # What somebody imported may be no address: that must not keep the answer out.
        with contextlib.suppress(ValidationError):
            tell(
                "recorded_for_you", address, language, federation=subject.federation,
                reference=subject.reference, link=subject.federation.get_absolute_url(),
            )  # fmt: skip
