"""What a person does in a browser: opening a page, filling in its form, reading a letter."""

import datetime
import re
from typing import Any

import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from federation.models import Letter

REQUEST = {
    "name": "Kitchen Workers of Graz",
    "language": "de",
    "acronym": "KWG",
    "kind": "group",
    "country": "AT",
    "countries": ["AT", "SI"],
    "city": "Graz",
    "website": "https://kitchen.example.org/",
    "founded": "2019-05",
    "description": "We organise in kitchens.",
    "members": "14",
    "status": "friend",
    "agrees": "on",
    "contact_name": "Kim Canary",
    "contact_role": "delegate",
    "email": "group@example.org",
}
PARTS = {
    "organisation": ("name", "language", "acronym", "kind"),
    "where": ("countries", "city", "website", "founded"),
    "about": ("description", "members"),
    "agreement": ("agrees",),
    "contact": ("contact_name", "contact_role", "email"),
}
APPLICATION = {
    "name": "Ola Canary",
    "email": "person@example.org",
    "place": "Lund",
    "work": "nurse",
    "message": "I work nights.",
    "consents": "on",
}


def browser() -> Client:
    """One that is asked for the token against forged forms, as real ones are."""
    return Client(enforce_csrf_checks=True)


def press(client: Client, page: str, to: str = "", **given: Any) -> HttpResponse:
    """Open a page and send its form, to another address if that is where it goes."""
    return client.post(to or page, {**token(client.get(page)), **given})


def token(response: HttpResponse) -> dict[str, str]:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())
    return {"csrfmiddlewaretoken": found[1]} if found else {}


def entries(client: Client, url: str, seconds: float = 60) -> dict[str, Any]:
    """What stands in the form of a page that was opened some seconds ago."""
    with time_machine.travel(timezone.now() - datetime.timedelta(seconds=seconds)):
        response = client.get(url)
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields}
    filled = {
        name: value
        for name, value in values.items()
        if value is not False and value not in (None, "")
    }
    return {**filled, **token(response)}


def send(client: Client, url: str, **given: Any) -> HttpResponse:
    """Open a form, take one's time, fill it in over the entries that it has, and send it."""
    return client.post(url, {**entries(client, url), **given})


def last_code(address: str) -> str:
    """The code in the newest letter to the address."""
    letter = next(letter for letter in Letter.objects.all() if letter.recipient == address)
    return re.findall(r"^ +(\d{6})$", letter.body, re.MULTILINE)[0]


def begin_request(client: Client, federation: str, prefix: str = "", **given: Any) -> str:
    """Begin an application to a federation; the page of the draft's reference."""
    entered = {**REQUEST, **given}
    begin = {name: entered[name] for name in ("status", "name", "country", "email")}
    answer = send(client, f"{prefix}/federations/{federation}/affiliate/form/", **begin)
    found = re.match(r".*/requests/[^/]+/", answer.headers["Location"])
    assert found
    return found[0]


def fill_in(client: Client, page: str, part: str, **given: Any) -> HttpResponse:
    """Open one part of a draft, enter something over what stands there, and save it."""
    return send(client, f"{page}tasks/{part}/", **given)


def draft_request(client: Client, federation: str, **given: Any) -> str:
    """Begin an application and fill in its parts; the page of the draft's reference."""
    page = begin_request(client, federation, **given)
    if "page" in given:
        send(client, f"{page}same/", who="another", page=given["page"])
    draft_rest(client, page, **given)
    return page


def draft_rest(client: Client, page: str, /, **given: Any) -> None:
    """Fill in those parts that a draft has."""
    entered = {**REQUEST, **given}
    for part, names in PARTS.items():
        if client.get(f"{page}tasks/{part}/").status_code == 200:
            fill_in(client, page, part, **{name: entered[name] for name in names})


def draft_application(client: Client, organisation: str, **given: Any) -> str:
    """Fill in the form of an organisation; the page of the draft's reference."""
    url = f"/organisations/{organisation}/join/"
    return send(client, url, **{**APPLICATION, **given}).url.removesuffix("check/")


def confirm(client: Client, page: str, address: str) -> str:
    """Send a checked draft off with the code that comes for it; what is shown then."""
    press(client, f"{page}check/")
    press(client, f"{page}code/", code=last_code(address))
    return client.get(page).content.decode()


def prove(client: Client, page: str, address: str) -> str:
    """Open what was filed, in a browser that knows nothing of it; what is shown then."""
    press(client, page, email=address)
    press(client, f"{page}code/", code=last_code(address))
    return client.get(page).content.decode()


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()
