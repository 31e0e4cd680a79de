"""How much a request may carry. Files are taken only by views that say so, elsewhere forms only."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# Two and a half files of the largest size: more would fill the place where they wait.
AT_ONCE = 25 * 1024 * 1024
_FORM_BYTES = 100_000  # what the form itself takes, beside the files

V = TypeVar("V", bound="Callable[..., Any] | type")


def takes_files(view: V) -> V:
    """Marks a view (a function or a class) whose requests may carry files."""
    view.most_bytes = AT_ONCE + _FORM_BYTES  # type: ignore[union-attr]
    return view


class Bounded(FileUploadHandler):
    """Refuses by its length, before anything is read, a request larger than its view takes.

    Stands first among the handlers of the settings, so that it is asked for every address.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name for it
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        match = self.request.resolver_match if self.request else None
        view: Any = match.func if match else None
        most = getattr(getattr(view, "view_class", view), "most_bytes", 0)
        if content_length > (most or settings.DATA_UPLOAD_MAX_MEMORY_SIZE):
            raise RequestDataTooBig("The request is larger than its page takes.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
