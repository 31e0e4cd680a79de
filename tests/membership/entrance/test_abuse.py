"""Programs that send: few get through, whatever they read; people without scripts do (C29)."""

import datetime
import time
from types import SimpleNamespace

import pytest
import time_machine
from django.core import signing
from django.db import transaction
from django.test import Client
from django.utils import timezone

from federation.limits import take
from membership.entrance import guards, proofs
from membership.entrance.sessions import place_of
from membership.models import AffiliationRequest
from tests import make
from tests.browsing import last_code
from tests.race import together

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def waiting():
    return AffiliationRequest.objects.exclude(state="draft").count()


def place(draft):
    return place_of(type(draft), draft.reference)


def visit(network="192.0.2.1", **headers):
    return SimpleNamespace(META={"REMOTE_ADDR": network, **headers})


def send(request, *, is_proved=False, **where):
    """Whether one more may be sent off."""
    try:
        guards.count_sending(visit(**where), request, is_proved=is_proved)
    except guards.MustWait:
        return False
    return True


# --- programs -------------------------------------------------------------------------------


def bot(draft, **network):
    """A browser of its own for each draft, which reads its mailbox too; the last answer."""
    client = Client(**network)
    session = client.session
    session["drafts"] = [place(draft)]
    session.save()
    page = f"/requests/{draft.reference}/"
    if client.post(f"{page}check/").status_code == 302:
        return client.post(f"{page}code/", {"code": last_code(draft.email)})
    return client.post(f"{page}code/", {"code": "123456"})


def drafts(of, number):
    return [
        make.request(of, email=f"bot{at}@example.org", name=f"Bot {at}") for at in range(number)
    ]


def test_of_a_thousand_scripted_posts_from_one_network_five_reach_the_queue(iwa):
    answers = [bot(draft).status_code for draft in drafts(iwa, 500)]
    assert waiting() == 5
    assert answers.count(302) == 5
    assert AffiliationRequest.objects.filter(state="draft").count() == 495


def test_without_the_guard_many_more_would_reach_it(iwa, monkeypatch):
    monkeypatch.setattr(guards, "count_sending", lambda *_args, **_named: None)
    for draft in drafts(iwa, 12):
        bot(draft)
    assert waiting() == 12


def test_addresses_that_a_program_makes_up_do_not_help_it(iwa, settings):
    settings.TRUSTED_PROXIES = 1
    for number, draft in enumerate(drafts(iwa, 8)):
        forged = f"203.0.{number}.9, 198.51.100.7"
        bot(draft, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forged)
    assert waiting() == 5


def test_from_many_networks_a_federation_gets_no_flood(iwa, asi):
    request, other = make.request(iwa), make.request(asi)
    sent = [send(request, network=f"10.0.{number}.1") for number in range(70)]
    assert sent == [True] * guards.AT_ONE_PLACE + [False] * 10
    assert send(request, network="10.1.0.1", is_proved=True)
    assert send(other, network="10.2.0.1")


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_no_more_than_the_allowance(iwa):
    ready = drafts(iwa, 50)

    def act(number):
        with transaction.atomic():
            return send(ready[number])

    outcomes = together(50, act)
    assert outcomes.count(True) == guards.WITHOUT_PROOF
    assert outcomes.count(False) == 45


@pytest.mark.django_db(transaction=True)
def test_of_fifty_that_use_one_proof_at_once_one_gets_through(iwa):
    draft = make.request(iwa)
    proof = proofs.solve(proofs.challenge(place(draft), most=10))
    assert together(50, lambda _number: guards.use_proof(draft, proof)).count(True) == 1


# --- people ---------------------------------------------------------------------------------


def test_without_scripts_a_person_sends_and_is_told_when_too_many_were_sent(iwa):
    for draft in drafts(iwa, 5):
        bot(draft)
    draft = make.request(iwa, email="late@example.org")
    refused = bot(draft)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert draft.reference in refused.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"
    # What was refused has used up nothing: the same code is still good a while later.
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=61)):
        assert bot(draft).status_code == 302
    assert waiting() == 6


def test_the_code_that_was_refused_for_the_crowd_is_not_used_up(iwa):
    with time_machine.travel("2026-03-01 12:00", tick=False) as clock:
        for draft in drafts(iwa, 5):
            bot(draft)
        clock.shift(10 * 60)
        draft = make.request(iwa, email="late@example.org")
        assert bot(draft).status_code == 429
        draft.refresh_from_db()
        assert draft.code_hash
        assert draft.code_tries == 0


def test_a_browser_with_scripts_may_send_more(iwa, visitor):
    for draft in drafts(iwa, 5):
        bot(draft)
    draft = make.request(iwa, email="late@example.org")
    session = visitor.session
    session["drafts"] = [place(draft)]
    session.save()
    page = f"/requests/{draft.reference}/"
    given = visitor.get(f"{page}check/").context["challenge"]
    assert given.most == 2 * proofs.TRIES
    visitor.post(f"{page}check/", {"proof": proofs.solve(given)})
    assert visitor.post(f"{page}code/", {"code": last_code(draft.email)}).status_code == 302
    assert waiting() == 6


def test_requests_and_applications_have_an_allowance_each(iwa, local):
    request, application = make.request(iwa), make.application(local)
    assert [send(request) for _try in range(6)] == [True] * 5 + [False]
    assert [send(application) for _try in range(6)] == [True] * 5 + [False]
    assert send(request, network="198.51.100.1")


def test_with_proofs_twenty_more_are_sent_and_then_no_more(iwa):
    request = make.request(iwa)
    assert [send(request, is_proved=True) for _try in range(26)] == [True] * 25 + [False]


def test_the_work_grows_with_what_a_network_has_sent(iwa):
    request, hardness = make.request(iwa), []
    for _send in range(26):
        hardness.append(guards.challenge(visit(), request).most // proofs.TRIES)
        send(request, is_proved=True)
    assert hardness[::5] == [1, 2, 4, 8, 8, 8]
    assert guards.challenge(visit("198.51.100.1"), request).most == proofs.TRIES


# --- proofs ---------------------------------------------------------------------------------


@pytest.fixture
def draft(iwa):
    return make.request(iwa)


@pytest.fixture
def proof(draft):
    return proofs.solve(proofs.challenge(place(draft), most=100))


def test_a_proof_is_good_once(draft, proof):
    assert [guards.use_proof(draft, proof) for _try in range(3)] == [True, False, False]


def test_a_proof_for_another_draft_is_refused(iwa, local, draft):
    for other in (make.request(iwa, email="other@example.org"), make.application(local)):
        proof = proofs.solve(proofs.challenge(place(other), most=10))
        assert not guards.use_proof(draft, proof)


def test_a_proof_ends_after_half_a_day(draft, proof):
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=13)):
        assert not guards.use_proof(draft, proof)
    assert guards.use_proof(draft, proof)


def test_what_is_no_proof_is_refused(draft, proof):
    signed, number = proof.split(" ")
    given = proofs.Challenge("0" * 22, proofs._digest("0" * 22, 1), 2, "")
    own = signing.Signer(key="k" * 50, salt="membership.proof").sign_object(
        [place(draft), given.salt, given.digest, timezone.now().timestamp()]
    )
    for forged in (
        "", " ", signed, f"{signed} ", f"{signed} {int(number) + 1}", f"{signed} -1", f"{signed} ²",
        f"{signed} {'9' * 500}", f"{own} 1", f"x{proof}", f"{proof}0", "a:b 1", "\0 1", "١ ١",
        f"{signing.Signer(salt='membership.form').sign_object(['x'])} 1",
        f"{proofs.signer.sign_object(['too', 'short'])} 1",
        f"{proofs.signer.sign_object({'no': 'list'})} 1",
        f"{proofs.signer.sign_object([place(draft), 1, None, 'x'])} 1",
    ):  # fmt: skip
        assert not guards.use_proof(draft, forged), forged
    assert guards.use_proof(draft, proof)


def test_checking_costs_next_to_nothing(draft):
    given = proofs.challenge(place(draft), most=proofs.HARDEST)
    began = time.perf_counter()
    for number in range(1000):
        proofs.use(place(draft), f"{given.signed} {number}")
    assert time.perf_counter() - began < 1


# --- places ---------------------------------------------------------------------------------


def test_in_no_hour_are_more_places_taken_than_there_are():
    taken_at = []
    with time_machine.travel("2026-03-01 12:00", tick=False) as clock:
        for minute in range(180):
            if take("test", "kim", amount=5, per=HOUR) is None:
                taken_at.append(minute)
            clock.shift(60)
    assert max(sum(at <= one < at + 60 for one in taken_at) for at in range(180)) == 5
    assert len(taken_at) == 15


def test_how_long_to_wait_is_told_to_the_second():
    with time_machine.travel("2026-03-01 12:00", tick=False) as clock:
        take("test", "kim", amount=1, per=HOUR)
        clock.shift(1000)
        assert take("test", "kim", amount=1, per=HOUR) == datetime.timedelta(seconds=2600)
        clock.shift(2600)
        assert take("test", "kim", amount=1, per=HOUR) is None


def test_a_place_is_given_back_with_the_transaction(db):
    with transaction.atomic():
        take("test", "kim", amount=1, per=HOUR)
        transaction.set_rollback(True)
    assert take("test", "kim", amount=1, per=HOUR) is None
