"""Who looks after an entry: its secretaries, and the coordinators of the federations it is in.

More people may warn of danger than may change a record, so this reaches further than
`managed_by`: also to organisations that are in several federations at once.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from directory.models.affiliations import Affiliation
from directory.models.details import PublicContact
from directory.models.offices import OrganisationOffice
from directory.models.organisations import Organisation
from federation.models import Federation, Office, User
from federation.scopes import is_operator

SECRETARY = "secretary"
COORDINATOR = "coordinator"
OPERATOR = "operator"


def public_bonds() -> "QuerySet[Affiliation]":
    """The bonds in force today that everybody may see: nobody gets at a record unseen."""
    bonds: QuerySet[Affiliation] = Affiliation.objects.in_force(timezone.localdate())
    return bonds.filter(status__is_listed_publicly=True)


def coordinated_by(user: Any) -> "QuerySet[Organisation]":
    """Organisations that are today, publicly, in a federation which the person coordinates."""
    ours = public_bonds().filter(federation__in=Federation.objects.coordinated_by(user))
    found: QuerySet[Organisation] = Organisation.objects.filter(pk__in=ours.values("organisation"))
    return found


def in_reach_of(user: Any) -> "QuerySet[Organisation]":
    """What the person keeps as a secretary or coordinates, and by office alone."""
    found: QuerySet[Organisation] = Organisation.objects.filter(
        Q(pk__in=Organisation.objects.kept_by(user).values("pk"))
        | Q(pk__in=coordinated_by(user).values("pk"))
    )
    return found


def is_coordinated_by(user: Any) -> Exists:
    """The same as `coordinated_by`, asked of each row about an organisation.

    A federation may have tens of thousands, and what is written about them is little: they
    are not gathered first.
    """
    ours = public_bonds().filter(federation__in=Federation.objects.coordinated_by(user))
    return Exists(ours.filter(organisation=OuterRef("organisation")))


def in_no_federation() -> "QuerySet[Organisation]":
    """Organisations for which no coordinator answers: the operator does."""
    answered = public_bonds().filter(federation__offices__in=Office.objects.current())
    found: QuerySet[Organisation] = Organisation.objects.exclude(
        pk__in=answered.values("organisation")
    )
    return found


def office_in(organisation: Organisation, user: Any) -> str:
    """The office in which the person acts for this entry."""
    if Organisation.objects.kept_by(user).filter(pk=organisation.pk).exists():
        return SECRETARY
    if coordinated_by(user).filter(pk=organisation.pk).exists():
        return COORDINATOR
    return OPERATOR if is_operator(user) else ""


def secretaries_of(organisation: Organisation) -> "QuerySet[User]":
    offices = OrganisationOffice.objects.current().filter(role__in=OrganisationOffice.KEEPERS)
    return User.objects.filter(
        pk__in=offices.filter(organisation=organisation).values("person"), is_active=True
    )


def mailboxes_of(organisation: Organisation) -> list[str]:
    """Its public addresses that belong to a role and not to a person."""
    contacts = organisation.contacts.filter(kind=PublicContact.Kind.EMAIL, is_role=True)
    return [contact.value for contact in contacts]


def coordinators_in(federation: Federation) -> "QuerySet[User]":
    """Those who hold the office today and may sign in, each once."""
    offices = Office.objects.current().filter(federation=federation)
    return User.objects.filter(pk__in=offices.values("person"), is_active=True).order_by("pk")


def coordinators_of(organisation: Organisation) -> "QuerySet[User]":
    """Of the federations it is publicly in; where there are none, the operators."""
    bonds = public_bonds().filter(organisation=organisation)
    offices = Office.objects.current().filter(federation__in=bonds.values("federation"))
    people = User.objects.filter(pk__in=offices.values("person"), is_active=True)
    return people if people.exists() else User.objects.filter(is_superuser=True, is_active=True)


def trail_of(organisation: Organisation) -> str:
    """The federation whose coordinators read in the audit trail what happens to the entry."""
    slugs = public_bonds().filter(organisation=organisation).order_by("federation__slug")
    return slugs.values_list("federation__slug", flat=True).first() or ""
