"""A person is led to an organisation, applies, is accepted; the federation learns a number."""

import re

from directory.models import HostOrganisation
from federation.models import AuditEvent
from membership.models import Member
from tests import browsing, make
from tests.browsing import browser, send, text
from tests.conftest import signed_in


def test_a_person_is_led_to_the_host_and_becomes_a_member_there(asi):
    asi.persons_join = "host"
    asi.save()
    host = make.organisation("Solidarity Alliance", "US", accepts_members=True)
    HostOrganisation.objects.create(federation=asi, organisation=host)
    person, desk = browser(), signed_in(make.secretary(host))
    desk.handler.enforce_csrf_checks = True

    form = "/organisations/solidarity-alliance/join/?via=asi"
    assert form in text(person, "/join/?federation=asi")
    page = send(person, form, **browsing.APPLICATION).url.removesuffix("check/")
    assert "Application sent" in browsing.confirm(person, page, "person@example.org")

    assert page in text(desk, "/coordination/applications/")
    assert "Ola Canary" in text(desk, f"/coordination{page}")
    send(desk, f"/coordination{page}accept/", since="2026-05-01")

    member = Member.objects.get()
    assert (member.name, member.place, member.organisation) == ("Ola Canary", "Lund", host)
    assert "You are a member of" in text(person, page)
    read = AuditEvent.objects.filter(action="read", model="membership.MembershipApplication")
    assert read.count() == 1


def test_the_federation_sees_the_number_go_up_and_no_name(iwa, local, secretary, coordinator):
    person, desk = browser(), signed_in(coordinator)
    make.member(local)
    assert re.search(r"<td[^>]*>1</td>", text(desk, "/coordination/organisations/"))

    page = browsing.draft_application(person, local.slug)
    browsing.confirm(person, page, "person@example.org")
    send(signed_in(secretary), f"/coordination{page}accept/")

    open_to_it = ["/coordination/", "/coordination/?state=all", "/coordination/organisations/"]
    pages = [*open_to_it, "/join/", local.get_absolute_url(), iwa.get_absolute_url()]
    texts = [text(desk, url) for url in pages]
    assert re.search(r"<td[^>]*>2</td>", texts[2])
    assert not [shown for shown in texts if "Canary" in shown or "person@example.org" in shown]
    assert desk.get(f"/coordination{page}").status_code == 404
    assert desk.get(f"/coordination{page}accept/").status_code == 404
