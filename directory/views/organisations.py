"""The list of organisations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView

from directory.facets import facet_counts
from directory.filters import OrganisationFilter
from directory.keeping import Stamp
from directory.lines import COLUMNS, lines
from directory.models import Organisation
from directory.strict import HOW_IT_IS_READ
from directory.views import choosing, drawing, formats


class OrganisationList(TemplateView):
    """What the filter finds, a page at a time. A question it cannot read finds nothing (400)."""

    template_name = "directory/organisation_list.html"
    of_directory = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = OrganisationFilter(request.GET, Organisation.objects.listed(), request=request)
        question = choosing.Question(request.GET, request.path)
        understood = found.is_valid()
        context = {
            "filter": found,
            "clear_url": request.path,
            "canonical_url": request.build_absolute_uri(
                question.but(after=request.GET.get("after"))
            ),
            **(self._answer(found, question) if understood else {"organisations": []}),
        }
        return self.render_to_response(context, status=200 if understood else 400)

    def _answer(self, found: OrganisationFilter, question: choosing.Question) -> dict[str, Any]:
        stamp: Stamp | None = self.request.directory_stamp
        page = found.page(columns=COLUMNS)
        shown = lines(page.rows, found.day, stamp)
        count, counts = facet_counts(found, stamp)
        return {
            "organisations": shown,
            "rows": drawing.rows(shown),
            "count": count,
            "on": found.asked["on"],
            "respelled": [one for near in found.search.instead.values() for one in near],
            "facets": choosing.facets(found, counts, question),
            "chips": choosing.chips(found, question),
            "sorts": choosing.sorts(found, question),
            "kept": question.without("q", "on", "sort"),
            "map_url": choosing.map_url(question),
            "all_on_map_url": reverse("directory:organisation_map"),
            "exports": formats.of_list(question.without(*HOW_IT_IS_READ)),
            "previous_url": question.but(after=page.previous) if page.previous else None,
            "next_url": question.but(after=page.next) if page.next else None,
        }
