"""Pages that are kept hold for exactly as long as the directory stays as it is."""

import datetime
import gzip
import re
import threading

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from directory.keeping import COUNTS, Keep, Stamp
from directory.middleware import PAGES
from directory.models import Organisation, PublicContact
from tests import make
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/organisations/"


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.KEEP_PAGES = True
    PAGES.clear()
    COUNTS.clear()
    yield
    PAGES.clear()
    COUNTS.clear()


def test_a_page_is_made_once_and_asks_one_question_afterwards(visitor, django_assert_num_queries):
    make.organisation("Örestad")
    first = visitor.get(PAGE)
    with django_assert_num_queries(1):
        second = visitor.get(PAGE)
    assert second.content == first.content
    assert second["ETag"] == first["ETag"]
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]
    assert second["X-Request-ID"] != first["X-Request-ID"]


def test_who_has_the_page_is_told_that_it_holds(visitor):
    etag = visitor.get(PAGE)["ETag"]
    again = visitor.get(PAGE, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    make.organisation("New")
    assert visitor.get(PAGE, headers={"If-None-Match": etag}).status_code == 200


def test_the_time_of_the_last_change_is_told_once_it_has_settled(visitor):
    make.organisation("New")
    assert "Last-Modified" not in visitor.get(PAGE)
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=30)):
        since = visitor.get(PAGE)["Last-Modified"]
        again = visitor.get(PAGE, headers={"If-Modified-Since": since})
    assert again.status_code == 304


def test_a_new_day_is_a_new_page(visitor, iwa):
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    make.affiliation(make.organisation("Soon"), iwa, since=tomorrow.date())
    assert "Section" not in visitor.get(PAGE).content.decode()
    with time_machine.travel(tomorrow):
        assert "Section" in visitor.get(PAGE).content.decode()


def write_by_save(organisation):
    organisation.name = "Otherwise"
    organisation.save()


def write_by_update(organisation):
    Organisation.objects.filter(pk=organisation.pk).update(name="Otherwise")


def write_by_hand(organisation):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE directory_organisation SET name = 'Otherwise'")


@pytest.mark.parametrize("write", [write_by_save, write_by_update, write_by_hand])
def test_no_way_of_writing_leaves_a_stale_page(visitor, write):
    organisation = make.organisation("Before")
    assert b"Before" in visitor.get(PAGE).content
    write(organisation)
    page = visitor.get(PAGE).content
    assert b"Otherwise" in page
    assert b"Before" not in page


def test_a_withdrawn_contact_is_gone_from_a_kept_page_at_once(visitor):
    organisation = make.organisation("Harbour")
    contact = PublicContact.objects.create(
        organisation=organisation, kind="email", value="canary@example.org", is_role=True
    )
    page = organisation.get_absolute_url()
    first = visitor.get(page)
    assert b"canary@" in first.content
    contact.delete()
    second = visitor.get(page, headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200
    assert b"canary@" not in second.content


def test_a_write_that_was_taken_back_changes_nothing(visitor):
    make.organisation("Before")
    etag = visitor.get(PAGE)["ETag"]
    with transaction.atomic():
        make.organisation("Never")
        transaction.set_rollback(True)
    assert visitor.get(PAGE)["ETag"] == etag


def test_writers_at_once_are_each_counted_and_do_not_lock_each_other_out():
    organisations = [make.organisation(f"Number {number}") for number in range(8)]
    before = Stamp.now().number
    ready = threading.Barrier(8)

    def write(organisation):
        ready.wait()
        for _time in range(5):
            organisation.save()
        connection.close()

    threads = [threading.Thread(target=write, args=[one]) for one in organisations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Stamp.now().number >= before + 40


def test_nobody_with_a_session_gets_a_kept_page(visitor, coordinator):
    visitor.get(PAGE)
    page = signed_in(coordinator).get(PAGE)
    assert b"Sign out" in page.content
    assert page["Cache-Control"] == "no-store"
    assert "ETag" not in page
    assert b"Sign out" not in visitor.get(PAGE).content


@pytest.mark.parametrize("page", ["/federations/iwa/", "/federations/iwa/roll/"])
def test_what_a_coordinator_sees_is_not_counted_for_others(visitor, iwa, coordinator, page):
    make.affiliation(make.organisation("Harbour"), iwa)
    make.status(iwa, "friend", slug="quiet", votes=True, is_listed_publicly=False)
    make.affiliation(make.organisation("Candle"), iwa, "quiet")
    ours = signed_in(coordinator)
    assert b"Candle" in ours.get(page).content
    numbers = re.findall(r"<td>\d+</td>", visitor.get(page).content.decode())
    assert numbers
    COUNTS.clear()
    PAGES.clear()
    assert re.findall(r"<td>\d+</td>", visitor.get(page).content.decode()) == numbers


def test_the_name_of_a_country_is_counted_in_the_language_it_was_asked_in(visitor):
    make.organisation("Hafen", "DE")
    make.organisation("Alemanda")
    assert visitor.get(f"{PAGE}?q=alema").context["count"] == 1
    assert visitor.get(f"/es{PAGE}?q=alema").context["count"] == 2


def test_each_language_and_host_has_its_own_page(visitor):
    make.organisation("One")
    visitor.get(PAGE)
    assert b'lang="es"' in visitor.get(f"/es{PAGE}").content
    assert visitor.get(f"/es{PAGE}")["ETag"] != visitor.get(PAGE)["ETag"]
    other = Client(headers={"host": "127.0.0.1"}).get(PAGE)
    assert b"http://127.0.0.1/organisations/" in other.content


def test_questions_that_mean_different_things_have_different_pages(visitor):
    unescaped = {"QUERY_STRING": "q=é".encode().decode("latin-1")}  # as a server hands it on
    assert 'value="é"' in visitor.get(PAGE, **unescaped).content.decode()
    assert 'value="Ã©"' in visitor.get(f"{PAGE}?q=%C3%83%C2%A9").content.decode()


def test_long_addresses_fill_the_store_too(visitor):
    visitor.get(PAGE)
    small = PAGES.size
    visitor.get("/api/v1/federations/", headers={"Accept": "*/*," + " " * 7_000 + "text/plain"})
    assert PAGES.size - small > 20_000


def test_a_refusal_is_not_kept(visitor):
    assert visitor.get(f"{PAGE}?nonsense=1").status_code == 400
    assert "ETag" not in visitor.get(f"{PAGE}?nonsense=1")


def test_what_is_kept_has_bounds():
    keep = Keep(capacity=160)
    for number in range(40):
        keep.put(number, "stamp", "x", size=8)
    assert keep.size <= 160
    assert keep.get(0, "stamp") is None
    assert keep.get(39, "stamp") == "x"
    assert keep.get(39, "another") is None
    keep.put("large", "stamp", "x", size=100)
    assert keep.get("large", "stamp") is None


def test_a_page_comes_packed_to_whoever_can_unpack_it(visitor):
    make.organisation("Harbour")
    plain = visitor.get(PAGE)
    packed = visitor.get(PAGE, headers={"Accept-Encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    assert "Accept-Encoding" in packed["Vary"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip;q=0", None), ("gzip;q=0.0, br", None), ("x-gzip-not", None), ("br", None),
     ("gzip;q=0.5", "gzip"), ("br, GZIP", "gzip"), ("gzip ; q=1", "gzip")],
)  # fmt: skip
def test_nobody_gets_a_packed_page_who_refuses_one(visitor, accepted, encoding):
    page = visitor.get(PAGE, headers={"Accept-Encoding": accepted})
    assert page.headers.get("Content-Encoding") == encoding
