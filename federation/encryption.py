"""Personal fields are ciphertext in the database, bound to table, column and row (control C42).

The keys come from the environment or a file and never touch the database. A value copied
into another row, column or table does not open. `values()` and raw rows yield a `Sealed`
that shows nothing; only the attribute of a loaded object opens it.

A stored value reads ``1.<key id>.<base64url of nonce and ciphertext>``; the key id leaves
room for a key per organisation and for rotation. Files are sealed as bytes: the length of
the key id, the key id, then nonce and ciphertext.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.forms import Textarea, TextInput
from django.utils.translation import gettext_lazy as _

FORMAT = "1"
NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed value was moved, altered, or its key is missing."""


class Sealed:
    """A stored value that has not been opened. It prints as a black bar."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __str__(self) -> str:
        return "█" if self.token else ""

    __repr__ = __str__


def parse_keys(text: str) -> dict[str, bytes]:
    """Read ``id:base64url,id:base64url``; the first is the key new values are sealed with.

    Raises ImproperlyConfigured, never showing key material.
    """
    ring: dict[str, bytes] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        key_id, _colon, encoded = entry.partition(":")
        ring[key_id] = decode_key(encoded, f"FIELD_KEYS, key {key_id!r}")
    if not ring or any(not key_id.isalnum() for key_id in ring):
        raise ImproperlyConfigured("FIELD_KEYS needs entries of the form id:key, ids alphanumeric.")
    return ring


def decode_key(encoded: str, name: str) -> bytes:
    """32 bytes from base64url text."""
    try:
        key = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} is not 32 bytes in base64url.")
    return key


@lru_cache
def _ciphers(keys: str) -> Mapping[str, AESGCM]:
    return {key_id: AESGCM(key) for key_id, key in parse_keys(keys).items()}


def seal(text: str, place: str) -> str:
    """Ciphertext of `text`, readable only at `place` (table, column and row)."""
    ring = _ciphers(settings.FIELD_KEYS)
    key_id = next(iter(ring))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + ring[key_id].encrypt(nonce, text.encode(), place.encode())
    return f"{FORMAT}.{key_id}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def unseal(token: str, place: str) -> str:
    """The text sealed at `place`; CannotOpen if sealed elsewhere, altered, or the key is gone."""
    try:
        version, key_id, encoded = token.split(".")
        raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
        cipher = _ciphers(settings.FIELD_KEYS)[key_id]
        if version != FORMAT:
            raise KeyError(version)
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode()).decode()
    except (ValueError, KeyError, InvalidTag) as error:
        raise CannotOpen(f"The sealed value at {place} cannot be opened.") from error


def seal_bytes(content: bytes, place: str) -> bytes:
    """Ciphertext of a file, readable only at `place` (table, column and row)."""
    ring = _ciphers(settings.FIELD_KEYS)
    key_id = next(iter(ring))
    head = FORMAT.encode() + bytes([len(key_id)]) + key_id.encode()
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + ring[key_id].encrypt(nonce, content, head + place.encode())


def unseal_bytes(sealed: bytes, place: str) -> bytes:
    """The bytes sealed at `place`; CannotOpen as `unseal` raises it."""
    try:
        end = 2 + sealed[1]
        head, nonce, rest = sealed[:end], sealed[end : end + NONCE_BYTES], sealed[end:]
        if head[:1] != FORMAT.encode():
            raise KeyError(FORMAT)
        cipher = _ciphers(settings.FIELD_KEYS)[head[2:].decode()]
        return cipher.decrypt(nonce, rest[NONCE_BYTES:], head + place.encode())
    except (ValueError, KeyError, IndexError, InvalidTag) as error:
        raise CannotOpen(f"The sealed file at {place} cannot be opened.") from error


def blind_index(value: str, purpose: str) -> str:
    """A keyed fingerprint by which an equal value is found without being stored.

    Letter case and outer spaces do not count. `purpose` keeps equal values of
    different columns apart.
    """
    key = decode_key(settings.INDEX_KEY, "INDEX_KEY")
    text = f"{purpose}\0{value.strip().casefold()}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class _SealedAttribute(DeferredAttribute):
    """Opens the value when it is first read from a loaded object."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            field: Any = self.field
            value = field.open(value, instance)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        # With a setter this descriptor is asked before the instance's own dictionary.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text sealed at rest. Cannot be searched, sorted or bulk-updated; `save()` seals it.

    The model needs a primary key that exists before saving (a UUID default).
    """

    descriptor_class = _SealedAttribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length:
            self.validators.append(MaxLengthValidator(self.max_length))
        self.validators.append(ProhibitNullCharactersValidator())

    def place(self, instance: models.Model) -> str:
        return f"{self.model._meta.db_table}.{self.column}.{instance.pk}"

    def open(self, sealed: Sealed, instance: models.Model) -> Any:
        return unseal(sealed.token, self.place(instance)) if sealed.token else ""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        text = self.to_text(value)
        return Sealed(seal(text, self.place(model_instance)) if text else "")

    def to_text(self, value: Any) -> str:
        return str(value)

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError(
                f"{self.name} is encrypted: write it through save(), find it by its index."
            )
        return value.token

    def get_lookup(self, lookup_name: str) -> Any:
        # The others would compare with ciphertext and silently find nothing.
        if lookup_name not in ("exact", "in", "isnull"):
            raise TypeError(f"{self.name} is encrypted: find it by its index.")
        return super().get_lookup(lookup_name)

    def formfield(self, **kwargs: Any) -> Any:
        widget = TextInput if self.max_length and self.max_length <= 300 else Textarea
        return super().formfield(**{"widget": widget, "max_length": self.max_length, **kwargs})


class EncryptedJSONField(EncryptedTextField):
    """A JSON value sealed as a whole."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.validators.pop()  # the null-character rule is for text

    def open(self, sealed: Sealed, instance: models.Model) -> Any:
        text = super().open(sealed, instance)
        return json.loads(text) if text else {}

    def to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False) if value else ""

    def to_python(self, value: Any) -> Any:
        return value

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        try:
            json.dumps(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(_("This cannot be kept as JSON.")) from error
        return value
