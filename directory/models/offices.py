"""What an organisation is to persons: the host they join in a federation, and its offices."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.models.details import of_organisation
from directory.models.organisations import Organisation
from federation.models import Federation, OfficeBase, OfficeQuerySet
from federation.scopes import ScopedQuerySet


class HostOrganisationQuerySet(ScopedQuerySet["HostOrganisation"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def managed_by(self, user: Any) -> Self:
        return self.filter(federation__in=Federation.objects.managed_by(user))


class HostOrganisation(models.Model):
    """The organisation that persons join in order to take part in a federation."""

    federation = models.ForeignKey(
        Federation, models.CASCADE, related_name="hosts", verbose_name=_("federation")
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="hosted", verbose_name=_("organisation")
    )

    objects: ClassVar[Any] = HostOrganisationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["federation", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["federation", "organisation"], name="host_once"),
        ]
        verbose_name = _("host organisation")
        verbose_name_plural = _("host organisations")

    def __str__(self) -> str:
        return str(self.organisation)


class OrganisationOfficeQuerySet(OfficeQuerySet):
    def visible_to(self, user: Any) -> Self:
        return self.managed_by(user)

    def managed_by(self, user: Any) -> Self:
        """Who holds office in an organisation is known inside it, and nowhere else."""
        return self.filter(organisation__in=Organisation.objects.kept_by(user))


class OrganisationOffice(OfficeBase):
    """An office of an organisation; its secretaries keep the record and accept members."""

    class Role(models.TextChoices):
        SECRETARY = "secretary", _("secretary")
        TREASURER = "treasurer", _("treasurer")
        DELEGATE = "delegate", _("delegate")

    KEEPERS: ClassVar = (Role.SECRETARY,)

    organisation = of_organisation("offices")
    role = models.CharField(_("office"), max_length=20, choices=Role, default=Role.SECRETARY)

    objects: ClassVar[Any] = OrganisationOfficeQuerySet.as_manager()

    class Meta(OfficeBase.Meta):
        abstract = False
        verbose_name = _("office in an organisation")
        verbose_name_plural = _("offices in organisations")
