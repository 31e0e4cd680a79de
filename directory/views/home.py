"""The home page: a search, the world, the federations, and a way in for everybody."""

from typing import Any

from django.views.generic import TemplateView

from directory.models import Organisation
from directory.views.federations import cards
from directory.views.maps import WorldMap
from federation.models import Federation

FEDERATIONS = 6


class Home(TemplateView):
    """Shows everybody the same: the public lists."""

    template_name = "home.html"
    of_directory = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        federations = Federation.objects.visible_to(None)
        world = WorldMap(Organisation.objects.listed(), {})
        return super().get_context_data(
            cards=cards(federations[:FEDERATIONS], None),
            drawing=world,
            figures={
                "organisations": world.total,
                "federations": federations.count(),
                "countries": len(world.countries),
            },
            **kwargs,
        )
