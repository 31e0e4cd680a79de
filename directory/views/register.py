"""The register of decisions to take away, and the script that proves it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404

from directory.exports import register
from directory.exports.about import About
from directory.views.exports import Export
from federation.models import Federation
from federation.problems import refused

SCRIPT = settings.BASE_DIR / "script" / "verify_register"


class RegisterJson(Export):
    """All decisions of a federation as a chain, with what everybody may know of each."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        federation = get_object_or_404(Federation.objects.visible_to(None), slug=slug)
        if request.GET:
            return refused(400, "This is the whole register: it takes no parameters.")
        about = About.of(request)
        told = register.stream(federation, None, about)
        pieces = () if request.method == "HEAD" else (piece.encode() for piece in told)
        response = StreamingHttpResponse(pieces, content_type=register.CONTENT_TYPE)
        page = f'<{about.federation(slug)}>; rel="alternate"; type="text/html"'
        response.headers["Link"] = f'{page}, <{about.source}>; rel="self"'
        return response


class RegisterProof(Export):
    """The script: the same one for every federation, and for the repository."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        get_object_or_404(Federation.objects.visible_to(None), slug=slug)
        response = HttpResponse(SCRIPT.read_bytes(), content_type="text/x-python; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="verify_register.py"'
        return response
