"""Files that somebody handed in, cleaned and sealed, beside the rows that speak of them.

They stand in the database: file and row are written together or not at all, one backup
holds both, and what is erased is gone from one place.
"""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.encryption import EncryptedTextField
from federation.scopes import ScopedQuerySet


class StoredFile(models.Model):
    """The cleaned bytes of a document; who may read it is asked of what it belongs to.

    `digest` is the SHA-256 of the cleaned bytes, `size` their number. `content` is sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = EncryptedTextField(_("file name"), max_length=120)
    media_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    digest = models.CharField(max_length=64)
    content = models.BinaryField(_("content"))
    stored_at = models.DateTimeField(_("stored"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = ScopedQuerySet["StoredFile"].as_manager()

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return f"file {self.pk}"
