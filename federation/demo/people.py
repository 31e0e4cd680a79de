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
    office: str = OrganisationOffice.Role.SECRETARY


DECIDES = _(
    "Reads the affiliation requests, asks back, decides; keeps statuses, decisions and sources. "
    "Sees numbers of members, no names."
)
ACCEPTS = _(
    "Accepts members, asks them, declines; keeps the organisation's public record. "
    "Sees its own members alone."
)
CONFIRMS = _(
    "Confirms what the other coordinator proposes: in this federation two persons stand by a "
    "decision, and neither of them can make it alone."
)
REPLIES = _(
    "Records what the section answers when it is consulted. Keeps no record and sees no member."
)
ASKS = _(
    "Accepts members, replies for the section when it is consulted, vouches for applicants, and "
    "has just recorded that the section wants to leave."
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
        "lantern-second@example.org",
        "Nadia Cierge",
        _("Second coordinator of the Lantern Federation"),
        CONFIRMS,
        federation="lantern",
        language="fr",
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
    Login(
        "fenerciler-secretary@example.org",
        "Işık Fenerci",
        _("Secretary of the Union of Imaginary Lantern Makers"),
        ASKS,
        federation="lantern",
        organisation="fenerciler",
        language="tr",
    ),
    Login(
        "faroleras-delegate@example.org",
        "Candela Mecha",
        _("Delegate of the Imaginary Union of Women Lamplighters"),
        REPLIES,
        federation="lantern",
        organisation="faroleras",
        language="es",
        office=OrganisationOffice.Role.DELEGATE,
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


def seat_coordinators(accounts: Mapping[str, User], federation: Federation) -> list[User]:
    """Give the federation its coordinators; the first one's name stands in its register."""
    logins = [one for one in LOGINS if one.federation == federation.slug and not one.organisation]
    for login in logins:
        office = Office(
            federation=federation,
            person=accounts[login.email],
            since=SINCE,
            appointed_by="The demonstration",
        )
        office.full_clean()
        office.save()
    return [accounts[login.email] for login in logins]


def seat_secretaries(accounts: Mapping[str, User], made: Mapping[str, Organisation]) -> None:
    """Give organisations their officers; `made` has them by their keys."""
    for login in LOGINS:
        if login.organisation:
            _seat(made[login.organisation], accounts[login.email], login.office)


def seat_officers(
    officers: Mapping[str, tuple[str, str]], made: Mapping[str, Organisation]
) -> dict[str, User]:
    """Office and name of those who speak for the other sections; nobody signs in as they."""
    seated = {}
    for key, (role, name) in officers.items():
        user = User(email=f"{key}-{role}@example.org", name=name)
        user.set_unusable_password()
        user.full_clean()
        user.save()
        _seat(made[key], user, role)
        seated[key] = user
    return seated


def _seat(organisation: Organisation, person: User, role: str) -> None:
    office = OrganisationOffice(
        organisation=organisation,
        person=person,
        role=role,
        since=SINCE,
        appointed_by="The demonstration",
    )
    office.full_clean()
    office.save()
