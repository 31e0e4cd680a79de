"""Proceedings on the pages: opening, every move by hand, and who finds what."""

import datetime
import re

import pytest
import time_machine

from directory.models import Affiliation, Decision, Suspension
from membership.models import Proceeding
from membership.proceedings import leaving
from membership.proceedings.opening import open_proceeding
from tests import make
from tests.browsing import send, text
from tests.conftest import signed_in

LIST = "/coordination/proceedings/"
NEW = f"{LIST}new/"
TODAY = datetime.date(2026, 5, 1)
DECIDE = {"body": "congress", "decided_on": "2026-05-01"}
VERBS = [move.verb for move in Proceeding.MOVES if move.verb != "expire"]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def desk(coordinator):
    return signed_in(coordinator)


@pytest.fixture
def own_desk(secretary):
    return signed_in(secretary)


def opened(kind, local, iwa, by, **terms) -> Proceeding:
    return open_proceeding(
        kind=kind, organisation=local, federation=iwa, by=by, **{"grounds": "Unpaid dues."} | terms
    )


@pytest.fixture
def lapse(local, iwa, coordinator):
    return opened("lapse", local, iwa, coordinator)


def page(proceeding: Proceeding) -> str:
    return f"{LIST}{proceeding.reference}/"


def kind_page(kind: str, organisation, office: str = "coordinator") -> str:
    query = f"organisation={organisation.slug}&federation=iwa&kind={kind}&office={office}"
    return f"{NEW}?{query}"


def offered(client, url: str) -> list[str]:
    return [move.verb for move in client.get(url).context["moves"]]


# --- opening --------------------------------------------------------------------------------


def test_a_coordinator_opens_one_in_three_steps(local, iwa, desk):
    first = text(desk, NEW)
    link = re.search(r'href="(\?organisation=[^"]+)"', first)[1].replace("&amp;", "&")
    second = desk.get(f"{NEW}{link}")
    ways = {way["kind"].value: way["url"] for way in second.context["ways"]}
    assert set(ways) == set(Proceeding.Kind.values) - {"restoration"}

    answer = send(desk, ways["expulsion"], grounds="They crossed a picket line.")
    made = Proceeding.objects.get()
    assert answer.url == page(made)
    assert (made.kind, made.organisation, made.opened_by) == ("expulsion", local, "coordinator")
    assert "They crossed a picket line." in text(desk, page(made))


def test_a_secretary_leaves_by_way_of_the_entry(local, iwa, own_desk):
    entry = text(own_desk, f"/coordination/organisations/{local.slug}/")
    link = re.search(r'href="([^"]+new/\?organisation[^"]+)"', entry)[1].replace("&amp;", "&")
    ways = [way["kind"].value for way in own_desk.get(link).context["ways"]]
    assert ways == ["withdrawal", "merger", "change"]
    send(
        own_desk, kind_page("withdrawal", local, "secretary"), grounds="We go our own way.",
        wanted_on="2026-07-01", assembly="general assembly",
    )  # fmt: skip
    made = Proceeding.objects.get()
    assert (made.opened_by, str(made.wanted_on)) == ("secretary", "2026-07-01")
    shown = text(own_desk, page(made))
    assert "general assembly" in shown
    assert "secretary (you)" not in shown, "who opened it is named by office"


def test_a_secretary_is_led_to_the_ordinary_request_for_another_status(local, iwa, own_desk):
    url = f"{NEW}?organisation={local.slug}&federation=iwa"
    assert own_desk.get(url).context["asks"] == "/federations/iwa/affiliate/"
    iwa.statuses.update(is_open_to_requests=False)
    assert own_desk.get(url).context["asks"] == ""


@pytest.mark.parametrize("kind", ["expulsion", "lapse", "nonsense", "suspension"])
def test_a_secretary_opens_nothing_else(local, iwa, own_desk, kind):
    for office in ("secretary", "coordinator", ""):
        url = kind_page(kind, local, office)
        own_desk.post(url, {"grounds": "x", "assembly": "x", "wanted_on": "2026-07-01"})
    assert not Proceeding.objects.exists()


def test_what_belongs_to_others_cannot_be_chosen(local, iwa, outsider, coordinator):
    elsewhere = make.organisation("Elsewhere")
    make.affiliation(elsewhere, iwa)
    another = make.secretary(elsewhere, "another@example.org")
    for person in (outsider, another, make.secretary(local, "d@example.org", role="delegate")):
        client = signed_in(person)
        url = kind_page("withdrawal", local, "secretary")
        assert client.get(url).status_code == 404
        assert client.post(url, {"grounds": "x"}).status_code == 404
        assert local.name not in text(client, NEW)
    assert not Proceeding.objects.exists()


@pytest.mark.parametrize("query", ["q=%00", "organisation=%00", "kind=%00", "page=0", "q=zzz"])
def test_an_address_with_nonsense_in_it_is_answered(local, iwa, desk, query):
    assert desk.get(f"{NEW}?{query}").status_code in (200, 404)
    url = f"{NEW}?organisation={local.slug}&{query}"
    assert desk.get(url).status_code in (200, 404)


def test_the_one_that_is_looked_for_is_found_by_name(local, iwa, desk):
    make.affiliation(make.organisation("Lund Local"), iwa)
    assert [bond.organisation for bond in desk.get(f"{NEW}?q=orestad").context["page"].rows] == [
        local
    ]


def test_the_other_is_named_by_the_address_of_its_page(local, iwa, desk):
    url = kind_page("merger", local)
    for wrong in ("nowhere", "https://example.org/x/y", local.slug):
        assert "<title>Error:" in send(desk, url, other=wrong, grounds="x").content.decode()
    other = make.organisation("Lund Local")
    send(desk, url, other=f"https://example.org/organisations/{other.slug}/", grounds="One union.")
    assert Proceeding.objects.get().other == other


def test_a_second_click_opens_no_second_one(local, iwa, desk):
    url = kind_page("lapse", local)
    send(desk, url, grounds="Dues.")
    assert "open already" in send(desk, url, grounds="Dues.").content.decode()
    assert Proceeding.objects.count() == 1


# --- the list -------------------------------------------------------------------------------


def references(client, query: str = "") -> list[str]:
    return [row.reference for row in client.get(f"{LIST}{query}").context["page"].rows]


def test_each_sees_their_own(local, iwa, lapse, desk, own_desk, outsider):
    elsewhere = make.organisation("Elsewhere")
    make.affiliation(elsewhere, iwa)
    another = signed_in(make.secretary(elsewhere, "another@example.org"))
    assert references(desk) == references(own_desk) == [lapse.reference]
    assert references(signed_in(outsider)) == references(another) == []


def test_the_list_is_narrowed_down(local, iwa, lapse, coordinator, desk):
    split = opened("split", local, iwa, coordinator, other=make.organisation("Part"))
    leaving.drop(split, by=coordinator, note="No.")
    assert references(desk) == [lapse.reference]
    assert references(desk, "?state=dropped") == [split.reference]
    assert references(desk, "?state=all&kind=split") == [split.reference]
    assert references(desk, "?state=all&federation=iwa") == [lapse.reference, split.reference]


@pytest.mark.parametrize("query", ["?state=x", "?kind=x", "?federation=asi", "?kind=%00"])
def test_a_filter_that_there_is_not_gets_a_message(asi, lapse, desk, query):
    assert "<title>Error:" in text(desk, f"{LIST}{query}")


def test_a_withdrawal_that_nobody_recorded_shows_as_overdue(local, iwa, secretary, desk):
    found = opened(
        "withdrawal", local, iwa, secretary, wanted_on=datetime.date(2026, 9, 1), assembly="all"
    )
    assert "overdue" not in text(desk, LIST) + text(desk, page(found))
    with time_machine.travel(datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)):
        later = signed_in(make.coordinator(iwa, "later@example.org"))
        assert "overdue" in text(later, LIST)
        assert "overdue" in text(later, page(found))


def test_the_list_asks_as_often_for_four_as_for_one(
    local, iwa, lapse, coordinator, desk, django_assert_num_queries, django_assert_max_num_queries
):
    desk.get(LIST)  # the first visit notes when the session was used
    with django_assert_max_num_queries(30) as one:
        desk.get(LIST)
    for number in range(3):
        more = make.organisation(f"Local {number}")
        make.affiliation(more, iwa)
        opened("lapse", more, iwa, coordinator)
    with django_assert_num_queries(len(one)):
        desk.get(LIST)


# --- one of them ----------------------------------------------------------------------------


def test_each_is_offered_their_own_moves_and_told_why_others_wait(
    local, iwa, coordinator, desk, own_desk
):
    found = opened("expulsion", local, iwa, coordinator)
    assert offered(desk, page(found)) == ["hear", "defer", "drop"]
    assert offered(own_desk, page(found)) == ["speak"]
    waiting = {one["why"]: one["labels"] for one in desk.get(page(found)).context["not_yet"]}
    assert waiting["The organisation must be heard first."] == ["Record the decision"]
    assert own_desk.get(page(found)).context["not_yet"] == []


def test_no_name_of_a_person_stands_there(local, iwa, lapse, coordinator, secretary, own_desk):
    leaving.speak(lapse, by=secretary, note="Paid.")
    leaving.hear(lapse, by=coordinator, note="Really?", until=TODAY + datetime.timedelta(20))
    shown = text(own_desk, page(lapse))
    assert "coordinator" in shown
    assert "@example.org" not in shown.replace("secretary@example.org", "")


def test_whom_it_does_not_concern_finds_nothing(local, iwa, lapse, outsider, visitor):
    elsewhere = make.organisation("Elsewhere")
    make.affiliation(elsewhere, iwa)
    strangers = [
        outsider,
        make.secretary(elsewhere, "another@example.org"),
        make.secretary(local, "delegate@example.org", role="delegate"),
        make.secretary(local, "treasurer@example.org", role="treasurer"),
        make.user("operator@example.org", is_superuser=True),
        make.user("nobody@example.org"),
    ]
    for person in strangers:
        client = signed_in(person)
        for url in (page(lapse), *(f"{page(lapse)}{verb}/" for verb in VERBS)):
            assert client.get(url).status_code == 404
            assert client.post(url, {**DECIDE, "seen": "0", "note": "x"}).status_code in (404, 405)
    assert visitor.get(page(lapse)).status_code == 302
    lapse.refresh_from_db()
    assert lapse.step == 0


@pytest.mark.parametrize("verb", VERBS)
def test_a_move_of_the_other_side_is_no_page(local, iwa, lapse, desk, own_desk, verb):
    wrong = desk if verb in ("speak", "retract", "appeal") else own_desk
    url = f"{page(lapse)}{verb}/"
    assert wrong.get(url).status_code == 404
    sent = {**DECIDE, "seen": "0", "note": "x", "outcome": "end", "confirmed": "yes"}
    assert wrong.post(url, sent).status_code == 404
    assert Proceeding.objects.get().step == 0


def test_the_public_learns_nothing_before_it_is_decided(local, iwa, lapse, visitor):
    for url in (f"/organisations/{local.slug}/", "/federations/iwa/", "/organisations.json"):
        answer = visitor.get(url).getvalue().decode()
        assert lapse.reference not in answer
        assert "lapse" not in answer.lower()


@pytest.mark.parametrize("reference", ["2222-2222", "x", "%00", "9" * 300])
def test_a_reference_that_is_none_is_not_found(iwa, desk, reference):
    assert desk.get(f"{LIST}{reference}/").status_code == 404
    assert desk.get(f"{LIST}{reference}/decide/").status_code == 404


def test_a_verb_that_there_is_not_is_no_page(lapse, desk):
    for verb in ("expire", "accept", "nonsense"):
        assert desk.get(f"{page(lapse)}{verb}/").status_code == 404


# --- moves ----------------------------------------------------------------------------------


def test_a_decision_is_shown_in_words_before_it_is_recorded(local, iwa, lapse, desk):
    url = f"{page(lapse)}decide/"
    shown = send(desk, url, **DECIDE, outcome="end", on="2027-01-01", note="No dues.")
    assert "is no longer affiliated with" in shown.content.decode()
    assert not Decision.objects.exists()

    form = shown.context["form"]
    hidden = {name: form[name].value() for name in form.fields if form[name].value()}
    desk.post(url, {**hidden, "confirmed": "yes"})
    assert str(Affiliation.objects.get().until) == "2027-01-01"
    assert "No dues." in text(desk, page(lapse))
    assert offered(desk, page(lapse)) == []


def confirmed(client, url: str, **given):
    return send(client, url, **given, confirmed="yes")


def test_hearing_statement_and_expulsion_by_hand(local, iwa, coordinator, desk, own_desk):
    found = opened("expulsion", local, iwa, coordinator)
    url = page(found)
    send(desk, f"{url}hear/", until="2026-06-01", note="You crossed a picket line.")
    assert "You crossed a picket line." in text(own_desk, url)
    send(own_desk, f"{url}speak/", note="There was no picket.")
    assert "There was no picket." in text(desk, url)
    confirmed(desk, f"{url}decide/", **DECIDE, outcome="end", text="Expelled, 7 against 2.")
    bond = Affiliation.objects.get()
    assert (bond.end_reason, bond.end_decision.texts) == (
        "expulsion", {"en": "Expelled, 7 against 2."},
    )  # fmt: skip


def test_a_suspension_goes_to_the_congress_by_hand(local, iwa, coordinator, desk):
    congress = make.meeting(iwa, day=datetime.date(2026, 12, 5))
    over = make.meeting(iwa, day=datetime.date(2020, 12, 5))
    url = f"{page(opened('suspension', local, iwa, coordinator))}decide/"
    field = desk.get(url).context["form"].fields["meeting"]
    assert (congress in field.queryset, over in field.queryset) == (True, False)
    given = {**DECIDE, "outcome": "suspend", "leads_to": "expulsion", "meeting": str(congress.pk)}
    said = send(desk, url, **given).context["changes"]
    assert said[-1] == f"What then comes on the list of {congress}: expulsion."
    assert not Proceeding.objects.filter(kind="expulsion").exists()
    confirmed(desk, url, **given)
    assert Suspension.objects.get().until is None
    following = Proceeding.objects.get(kind="expulsion")
    first = Proceeding.objects.get(kind="suspension")
    assert first.reference in text(desk, page(following))
    assert page(following) in text(desk, page(first))


def test_deferring_dropping_and_taking_back_by_hand(local, iwa, lapse, desk, own_desk, secretary):
    congress = make.meeting(iwa, titles={"en": "Congress of Lund"})
    send(desk, f"{page(lapse)}defer/", meeting=str(congress.pk), note="The congress decides.")
    assert "Congress of Lund" in text(own_desk, page(lapse))
    send(desk, f"{page(lapse)}drop/", note="They have paid.")
    assert "They have paid." in text(own_desk, page(lapse))
    own = opened("withdrawal", local, iwa, secretary, wanted_on=TODAY, assembly="all of us")
    send(own_desk, f"{page(own)}retract/", note="We stay.")
    assert "We stay." in text(desk, page(own))
    assert {row.state for row in Proceeding.objects.all()} == {"dropped"}


def test_a_withdrawal_asks_for_no_other_day_and_no_other_outcome(local, iwa, secretary, desk):
    found = opened(
        "withdrawal", local, iwa, secretary, wanted_on=datetime.date(2026, 9, 1), assembly="all"
    )
    url = f"{page(found)}decide/"
    fields = desk.get(url).context["form"].fields
    assert [value for value, _label in fields["outcome"].choices] == ["end"]
    assert "on" not in fields
    confirmed(desk, url, **{**DECIDE, "body": "secretariat"}, on="2030-01-01")
    assert str(Affiliation.objects.get().until) == "2026-09-01"


def test_a_split_by_hand_with_two_successors(local, iwa, coordinator, desk):
    north, south = make.organisation("North"), make.organisation("South")
    found = opened("split", local, iwa, coordinator, other=north)
    leaving.attest(found, by=coordinator, note="They met.")
    url = f"{page(found)}decide/"
    terms = {**DECIDE, "outcome": "split", "status": "section", "ends": "on"}
    wrong = confirmed(desk, url, **terms, parts="nowhere")
    assert "There is no organisation at this address" in wrong.content.decode()
    confirmed(desk, url, **terms, parts=f"/organisations/{south.slug}/\n")
    running = Affiliation.objects.filter(until=None)
    assert {bond.organisation for bond in running} == {north, south}


def test_what_the_register_refuses_stands_beside_its_field(local, iwa, coordinator, desk):
    iwa.statuses.update(is_one_per_country=True)
    friend = make.organisation("Friend", "SE")
    make.affiliation(friend, iwa, "friend")
    found = opened("change", friend, iwa, coordinator, status=iwa.statuses.get(slug="section"))
    shown = send(desk, f"{page(found)}decide/", **DECIDE, outcome="change")
    assert "waiver" in shown.context["form"].errors
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", "merge"), ("body", "king"), ("decided_on", "2027-01-01"), ("on", "tomorrow"),
        ("on", "1999-01-01"), ("decided_on", "9999-99-99"), ("seen", "x"), ("note", "x" * 5001),
    ],
)  # fmt: skip
def test_wrong_entries_change_nothing(lapse, desk, field, value):
    given = {**DECIDE, "outcome": "end", field: value}
    answer = confirmed(desk, f"{page(lapse)}decide/", **given)
    assert answer.status_code == 200
    assert "<title>Error:" in answer.content.decode()
    assert not Decision.objects.exists()


def test_who_was_overtaken_is_told_and_loses_no_word(lapse, secretary, desk):
    url = f"{page(lapse)}drop/"
    given = {"seen": "0", "note": "Nobody cares."}
    leaving.speak(lapse, by=secretary, note="We care.")
    answer = desk.post(url, given)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "We care." in shown
    assert "Nobody cares." in shown
    lapse.refresh_from_db()
    assert lapse.state == "open"


def test_a_move_that_is_not_open_says_why(local, iwa, coordinator, desk):
    found = opened("expulsion", local, iwa, coordinator)
    answer = desk.get(f"{page(found)}decide/")
    assert answer.status_code == 409
    assert "must be heard first" in answer.content.decode()


def test_pages_stay_in_no_cache(lapse, desk):
    for url in (LIST, NEW, page(lapse), f"{page(lapse)}drop/"):
        assert "no-store" in desk.get(url)["Cache-Control"]
