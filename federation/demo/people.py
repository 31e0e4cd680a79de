"""The accounts of the demonstration. The people are invented, and all have one password."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory.models import Organisation, OrganisationOffice
from federation.models import Federation, Office, User

PASSWORD = "every lantern lit at dusk"  # noqa: S105  known to all, and of use in the demonstration only
SINCE = datetime.date(2024, 1, 15)


@dataclass(frozen=True)
class Login:
    """Somebody to sign in as: their office, and what it is good for.

    An office in a federation names that; one in an organisation names its key, too, in the
    file of that federation. The operator has no office.
    """

    email: str
    name: str
    role: str | Promise
    may: str | Promise
    federation: str = ""
    organisation: str = ""
    language: str = "en"


DECIDES = _(
    "Reads the affiliation requests, asks back, decides; keeps statuses, decisions and sources. "
    "Sees numbers of members, no names."
)
ACCEPTS = _(
    "Accepts members, asks them, declines; keeps the organisation's public record. "
    "Sees its own members alone."
)
REPAIRS = _("Repairs the register in the panel. Sees no request, no application and no member.")

LOGINS = (
    Login(
        "asi-coordinator@example.org",
        "Ada Wick",
        _("Coordinator of the ASI"),
        DECIDES,
        federation="asi",
    ),
    Login(
        "iwa-coordinator@example.org",
        "Bo Tallow",
        _("Coordinator of the IWA"),
        DECIDES,
        federation="iwa",
    ),
    Login(
        "ilnss-coordinator@example.org",
        "Cleo Beacon",
        _("Coordinator of the ILNSS"),
        DECIDES,
        federation="ilnss",
    ),
    Login(
        "lantern-coordinator@example.org",
        "Dario Ember",
        _("Coordinator of the invented Lantern Federation"),
        DECIDES,
        federation="lantern",
    ),
    Login(
        "wsa-secretary@example.org",
        "Wren Saltmarsh",
        _("Secretary of the Workers' Solidarity Alliance"),
        ACCEPTS,
        federation="iwa",
        organisation="wsa-us",
    ),
    Login(
        "lightship-secretary@example.org",
        "Morgan Brine",
        _("Secretary of the Invented Lightship Crews' Union"),
        ACCEPTS,
        federation="lantern",
        organisation="lightship",
    ),
    Login(
        "fawanis-secretary@example.org",
        "سليم المنارة",
        _("Secretary of the Union of the Makers of Imagined Lanterns"),
        ACCEPTS,
        federation="lantern",
        organisation="fawanis",
        language="ar",
    ),
    Login("operator@example.org", "Lux Harbour", _("Operator"), REPAIRS),
)


def make_accounts() -> dict[str, User]:
    """Every login, by its address. One hash for all: hashing is slow on purpose."""
    password = make_password(PASSWORD)
    return {login.email: _account(login, password) for login in LOGINS}


def _account(login: Login, password: str) -> User:
    user = User(
        email=login.email,
        name=login.name,
        language=login.language,
        password=password,
        is_superuser=not login.federation,
    )
    user.full_clean()
    user.save()
    return user


def seat_coordinator(accounts: Mapping[str, User], federation: Federation) -> User:
    """Give the federation its coordinator, in whose name its register is then kept."""
    login = next(
        one for one in LOGINS if one.federation == federation.slug and not one.organisation
    )
    office = Office(
        federation=federation,
        person=accounts[login.email],
        since=SINCE,
        appointed_by="The demonstration",
    )
    office.full_clean()
    office.save()
    return office.person


def seat_secretaries(accounts: Mapping[str, User], made: Mapping[str, Organisation]) -> None:
    """Give organisations their secretaries; `made` has them by their keys."""
    for login in LOGINS:
        if login.organisation:
            office = OrganisationOffice(
                organisation=made[login.organisation],
                person=accounts[login.email],
                since=SINCE,
                appointed_by="The demonstration",
            )
            office.full_clean()
            office.save()
