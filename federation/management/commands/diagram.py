"""The state diagrams of the README, drawn from the table of moves that runs."""

from typing import Any

from django.core.management.base import BaseCommand

from federation.states import diagram
from membership.models import AffiliationRequest, MembershipApplication

DRAWN = (AffiliationRequest, MembershipApplication)


class Command(BaseCommand):
    help = "Print the state diagrams of requests and applications in Mermaid notation."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in DRAWN:
            self.stdout.write(f"```mermaid\n{diagram(model)}\n```\n")
