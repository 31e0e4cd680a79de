"""The state diagrams of the README, drawn from the table of moves that runs."""

from typing import Any

from django.core.management.base import BaseCommand

from federation.states import diagram
from membership.models import AffiliationRequest, EntryClaim, MembershipApplication, Proceeding

DRAWN = (AffiliationRequest, Proceeding, MembershipApplication, EntryClaim)


class Command(BaseCommand):
    help = "Print the state diagrams of all that moves, in Mermaid notation."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in DRAWN:
            self.stdout.write(f"```mermaid\n{diagram(model)}\n```\n")
