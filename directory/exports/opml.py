"""OPML 2.0: the news feeds of the organisations themselves, to follow them all in one reader."""

from array import array
from collections.abc import Iterator
from email.utils import format_datetime

from django.conf import settings
from django.utils.translation import gettext as _

from directory.exports import rows
from directory.exports.about import About
from directory.exports.xml import DECLARATION, element, empty, opened
from directory.models import OrganisationSite

CONTENT_TYPE = "text/x-opml; charset=utf-8"
FEED = OrganisationSite.Kind.FEED.value
TERMS = "http://purl.org/dc/terms/"


def stream(wanted: "array[int]", about: About) -> Iterator[str]:
    yield DECLARATION + opened("opml", version="2.0", xmlns_dcterms=TERMS) + "\n<head>\n"
    yield element("title", _("News of the unions in %(site)s") % {"site": settings.SITE_NAME})
    yield element("dateCreated", format_datetime(about.generated_at, usegmt=True))
    yield element("docs", "http://opml.org/spec2.opml")
    yield element("dcterms:license", settings.DATA_LICENCE["url"])
    yield element("dcterms:source", about.source)
    yield element("dcterms:description", about.sentence)
    yield "\n</head>\n<body>\n"
    for row, more in rows.records(wanted, ("sites",)):
        for kind, url, language in more["sites"]:
            if kind == FEED:
                yield _outline(row, url, language, about)
    yield "</body>\n</opml>\n"


def _outline(row: rows.Row, url: str, language: str, about: About) -> str:
    written = {
        "type": "rss", "text": row.name, "title": row.name, "xmlUrl": url,
        "htmlUrl": row.website or about.organisation(row.slug), "language": language,
    }  # fmt: skip
    return empty("outline", **written) + "\n"
