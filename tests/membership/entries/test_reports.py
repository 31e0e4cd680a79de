"""Anybody may say that something in an entry is wrong; those who keep the entry read it."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from federation.models import AuditEvent, Letter
from membership.entries import reports
from membership.models import ErrorReport, ReportStep
from tests import make
from tests.browsing import entries, send, text
from tests.conftest import signed_in

FORM = "/organisations/orestad-local/report/"
REPORT = {
    "part": "place",
    "right": "It has moved to Canary Street.",
    "source": "https://canary.example.org/",
    "email": "reader@example.org",
}


def told() -> list[str]:
    return sorted(letter.recipient for letter in Letter.objects.all())


# --- the form -------------------------------------------------------------------------------


def test_a_report_reaches_the_secretary_by_a_letter_without_its_content(local, secretary, visitor):
    response = send(visitor, FORM, **REPORT)
    assert response.url == f"{FORM}sent/"
    assert "Report sent" in text(visitor, response.url)
    report = ErrorReport.objects.get()
    assert report.answers == {name: REPORT[name] for name in ("part", "right", "source")}
    assert (report.email, report.organisation) == ("reader@example.org", local)
    assert told() == ["secretary@example.org"]
    letter = Letter.objects.get()
    for canary in ("Canary", "canary", "Örestad", "reader@", "orestad"):
        assert canary not in f"{letter.subject}{letter.body}"


def test_without_a_secretary_it_reaches_the_coordinators(local, coordinator, visitor):
    send(visitor, FORM, **REPORT)
    assert told() == ["coordinator@example.org"]


def test_where_nobody_coordinates_it_reaches_the_operator(db, visitor):
    operator = make.user("operator@example.org", is_superuser=True)
    make.organisation("Alone")
    send(visitor, "/organisations/alone/report/", **REPORT)
    assert told() == ["operator@example.org"]
    assert ErrorReport.objects.managed_by(operator).count() == 1


def test_neither_address_nor_source_is_asked_for(local, visitor):
    assert send(visitor, FORM, part="gone", right="Dissolved.").status_code == 302


def test_what_it_keeps_is_said_on_the_form(local, visitor):
    assert "deleted 90 days after" in text(visitor, FORM)


@pytest.mark.parametrize(
    "wrong",
    [
        {"part": "nonsense"},
        {"right": ""},
        {"right": "x" * 3001},
        {"source": "javascript:alert(1)"},
        {"email": "nobody"},
        {"subject": "a program"},
        {"stamp": "forged"},
        {"right": "\0"},
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(local, visitor, wrong):
    response = send(visitor, FORM, **REPORT | wrong)
    assert response.status_code == 200
    assert "<title>Error:" in response.content.decode()
    assert not ErrorReport.objects.exists()


def test_a_form_sent_at_once_is_refused(local, visitor):
    given = entries(visitor, FORM, seconds=0)
    assert "very quick" in visitor.post(FORM, {**given, **REPORT}).content.decode()


def test_a_form_sent_twice_files_one_report(local, visitor):
    given = {**entries(visitor, FORM), **REPORT}
    assert [visitor.post(FORM, given).status_code for _time in range(2)] == [302, 302]
    assert ErrorReport.objects.count() == 1


def test_a_network_sends_so_many_in_an_hour(local, visitor, monkeypatch):
    monkeypatch.setattr("membership.views.care.REPORTS_AN_HOUR", 1)
    assert send(visitor, FORM, **REPORT).status_code == 302
    refused = send(visitor, FORM, **REPORT)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")


def test_many_reports_are_no_flood_of_letters(local, secretary):
    for _time in range(reports.LETTERS_AN_HOUR + 3):
        make.report(local)
    assert len(told()) == reports.LETTERS_AN_HOUR


def test_what_is_not_public_cannot_be_reported_on(visitor, iwa, coordinator):
    make.organisation("Hidden", visibility="proposed")
    for client in (visitor, signed_in(coordinator)):
        for page in ("report", "report/sent", "claim"):
            assert client.get(f"/organisations/hidden/{page}/").status_code == 404


# --- at the desk ----------------------------------------------------------------------------


@pytest.fixture
def report(local, secretary):
    return make.report(local, right="Canary Street", email="reader@example.org")


def test_the_secretary_reads_it_and_a_coordinator_does_not(report, secretary, coordinator):
    page = f"/coordination/reports/{report.reference}/"
    shown = text(signed_in(secretary), page)
    assert "Canary Street" in shown
    assert "reader@example.org" in shown
    desk = signed_in(coordinator)
    assert desk.get(page).status_code == 404
    assert report.reference not in text(desk, "/coordination/reports/")


def test_handled_it_is_out_of_the_list_and_in_the_trail(report, secretary):
    desk = signed_in(secretary)
    page = f"/coordination/reports/{report.reference}/"
    send(desk, f"{page}handle/", note="We have moved.", seen="0")
    assert ErrorReport.objects.get().state == "handled"
    assert report.reference not in text(desk, "/coordination/reports/")
    assert report.reference in text(desk, "/coordination/reports/?state=all")
    assert "We have moved." in text(desk, page)
    event = AuditEvent.objects.filter(model="membership.ErrorReport").latest("pk")
    assert (event.note, event.office, event.federation_slug) == ("handle", "secretary", "iwa")


def test_a_report_is_dismissed_with_a_reason_only(report, secretary):
    desk = signed_in(secretary)
    page = f"/coordination/reports/{report.reference}/dismiss/"
    assert "deleted 90 days after" in text(desk, page)
    assert send(desk, page, note="", seen="0").status_code == 200
    assert send(desk, page, note="It is right.", seen="0").status_code == 302
    assert ErrorReport.objects.get().state == "dismissed"


def test_two_at_once_deal_with_it_once(report, secretary):
    reports.handle(report, by=secretary, seen=0)
    page = f"/coordination/reports/{report.reference}/dismiss/"
    answer = signed_in(secretary).post(page, {"note": "It is right.", "seen": "0"})
    assert answer.status_code == 409
    assert "It is right." in answer.content.decode()
    assert ReportStep.objects.count() == 1


# --- the end --------------------------------------------------------------------------------


def test_it_is_deleted_ninety_days_after_it_was_dealt_with(local, secretary):
    done, waiting = make.report(local), make.report(local)
    reports.handle(done, by=secretary)
    now = timezone.now()
    assert reports.forget_handled(now + datetime.timedelta(days=89)) == 0
    assert reports.forget_handled(now + datetime.timedelta(days=91)) == 1
    assert list(ErrorReport.objects.all()) == [waiting]
    assert not ReportStep.objects.exists()


def test_the_worker_deletes_it(report, secretary):
    reports.handle(report, by=secretary)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=91)):
        call_command("worker", "--once", verbosity=0)
    assert not ErrorReport.objects.exists()
