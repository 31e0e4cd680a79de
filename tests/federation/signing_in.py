"""What a person does to sign in: typing, reading the app, following the link of a letter."""

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import Any

from django.test import Client

from federation.models import Letter, User
from tests import make


def sign_in(email: str, password: str = make.PASSWORD, **request: Any) -> tuple[Client, Any]:
    client = Client()
    form = {"login": email, "password": password}
    return client, client.post("/accounts/login/", form, **request)


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/").status_code == 200


def code_of_app(secret: str, steps: int = 0) -> str:
    """What the app shows (RFC 6238), now or some half minutes from now."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def sign_in_with_code(person: User, code: str) -> tuple[Client, Any]:
    client, _response = sign_in(person.email)
    return client, client.post("/accounts/2fa/code/", {"code": code})


def link_in_letter() -> str:
    """The path of the first link in the newest letter."""
    found = re.search(r"http://localhost:8000(/\S+)", Letter.objects.latest("queued_at").body)
    assert found
    return found[1]


def set_password(path: str, password: str) -> Any:
    """Follow the link and set the password; the answer to the form."""
    client = Client()
    page = client.get(path, follow=True)
    form = {"new_password1": password, "new_password2": password}
    return client.post(page.redirect_chain[-1][0] if page.redirect_chain else path, form)
