"""Somebody says to be the secretary of an organisation of the directory."""

import datetime
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from directory.models import Organisation, OrganisationOffice
from federation.models import AuditEvent, Letter, User, email_index
from membership.entries import claims
from membership.models import EntryClaim
from membership.requests import workflow
from tests import make
from tests.browsing import confirm, prove, send, text
from tests.conftest import signed_in

FORM = "/organisations/orestad-local/claim/"
CLAIM = {
    "name": "Kai Canary",
    "email": "claimant@example.org",
    "confirm_at": "union@example.org",
    "message": "The assembly elected me.",
    "agrees": "on",
}


def letters_to(address: str) -> list[Letter]:
    return [letter for letter in Letter.objects.all() if letter.recipient == address]


def later(hours: float = 73) -> time_machine.travel:
    return time_machine.travel(timezone.now() + datetime.timedelta(hours=hours))


def desk_page(claim: EntryClaim) -> str:
    return f"/coordination/claims/{claim.reference}/"


@pytest.fixture
def claim(local, coordinator):
    return claims.submit_claim(make.claim(local))


# --- from the form to the desk --------------------------------------------------------------


def test_a_claim_goes_off_only_with_the_code_that_was_mailed(local, coordinator, visitor):
    page = send(visitor, FORM, **CLAIM).url.removesuffix("check/")
    assert EntryClaim.objects.get().state == "draft"
    assert "Claim sent" in confirm(visitor, page, "claimant@example.org")
    assert EntryClaim.objects.get().state == "submitted"
    assert letters_to("coordinator@example.org")


def test_the_draft_can_be_changed_before_it_is_sent(local, visitor):
    check = send(visitor, FORM, **CLAIM).url
    change = re.search(rf'"({FORM}\?draft=[\w-]+)"', text(visitor, check))[1]
    send(visitor, change, name="Kaya Canary")
    assert EntryClaim.objects.get().answers["name"] == "Kaya Canary"


def test_another_browser_follows_it_by_reference_and_code(claim, visitor):
    shown = prove(visitor, f"/claims/{claim.reference}/", "claimant@example.org")
    assert "The assembly elected me." in shown


@pytest.mark.parametrize("wrong", [{"name": ""}, {"email": "x"}, {"agrees": ""}, {"subject": "y"}])
def test_what_is_wrong_is_named_and_nothing_is_kept(local, visitor, wrong):
    assert "<title>Error:" in send(visitor, FORM, **CLAIM | wrong).content.decode()
    assert not EntryClaim.objects.exists()


def test_one_address_claims_an_entry_once_at_a_time(claim, local):
    with pytest.raises(ValidationError, match="claimed this entry already"):
        claims.submit_claim(make.claim(local))


def test_no_letter_about_it_names_anybody(claim, secretary, local):
    make.contact(local, "union@example.org")
    claims.submit_claim(make.claim(local, "other@example.org"))
    for letter in Letter.objects.all():
        for canary in ("Kai", "Canary", "Örestad", "orestad", "claimant@", "other@"):
            assert canary not in f"{letter.subject}{letter.body}"


def test_nothing_tells_a_claimant_whether_the_entry_has_a_secretary(claim, local, visitor):
    def pages() -> list[str]:
        browser = Client()
        shown = [
            text(browser, FORM),
            prove(browser, f"/claims/{claim.reference}/", "claimant@example.org"),
        ]
        return [re.sub(r'value="[\w:.-]{20,}"', "", page) for page in shown]

    before = pages()
    make.secretary(local)
    assert pages() == before


# --- deciding -------------------------------------------------------------------------------


def test_accepting_gives_the_office_and_a_letter_to_set_a_password(claim, local, coordinator):
    send(signed_in(coordinator), f"{desk_page(claim)}accept/", note="Telephoned.")
    person = User.objects.get(email_index=email_index("claimant@example.org"))
    assert Organisation.objects.kept_by(person).get() == local
    assert any("/accounts/password/" in letter.body for letter in letters_to(person.email))
    office = AuditEvent.objects.get(model="directory.OrganisationOffice")
    assert (office.action, office.actor) == ("add", coordinator.pk)


def test_declining_needs_a_reason_that_the_claimant_reads(claim, coordinator, visitor):
    desk = signed_in(coordinator)
    assert send(desk, f"{desk_page(claim)}decline/", note="").status_code == 200
    send(desk, f"{desk_page(claim)}decline/", note="Nobody there knows you.")
    shown = prove(visitor, f"/claims/{claim.reference}/", "claimant@example.org")
    assert "Nobody there knows you." in shown
    assert not OrganisationOffice.objects.exists()


def test_another_federations_coordinator_finds_nothing(claim, outsider):
    client = signed_in(outsider)
    assert client.get(desk_page(claim)).status_code == 404
    assert client.post(f"{desk_page(claim)}accept/", {"note": "x", "seen": 1}).status_code == 404


def test_an_entry_in_no_federation_is_the_operators(db):
    operator = make.user("operator@example.org", is_superuser=True)
    claim = claims.submit_claim(make.claim(make.organisation("Alone")))
    assert letters_to("operator@example.org")
    send(signed_in(operator), f"{desk_page(claim)}accept/", note="Known to us.")
    assert EntryClaim.objects.get().state == "accepted"


def test_an_operator_sees_no_claim_that_a_coordinator_decides(claim):
    operator = make.user("operator@example.org", is_superuser=True)
    assert not EntryClaim.objects.managed_by(operator).exists()


def test_nobody_decides_on_their_own_claim(local, coordinator):
    claim = claims.submit_claim(make.claim(local, "Coordinator@example.org"))
    with pytest.raises(ValidationError, match="your own claim"):
        claims.accept_claim(claim, by=coordinator, note="I know myself.")


def test_an_account_that_was_closed_is_not_opened_by_a_claim(claim, coordinator):
    make.user("claimant@example.org", is_active=False)
    with pytest.raises(ValidationError, match="closed"):
        claims.accept_claim(claim, by=coordinator, note="Telephoned.")
    assert EntryClaim.objects.get().state == "submitted"


def test_a_question_and_its_answer(claim, coordinator):
    asked = workflow.ask_back(claim, by=coordinator, note="Which assembly?")
    assert workflow.answer(asked, note="In May.").state == "submitted"
    assert len(letters_to("coordinator@example.org")) == 2


def test_each_opening_at_the_desk_stands_in_the_trail(claim, coordinator):
    signed_in(coordinator).get(desk_page(claim))
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.office, event.federation_slug) == ("read", "coordinator", "iwa")


# --- those who were there before ------------------------------------------------------------


def test_the_secretary_in_office_is_told_and_can_decide(local, coordinator, secretary):
    claim = claims.submit_claim(make.claim(local))
    assert letters_to("secretary@example.org")
    desk = signed_in(secretary)
    assert "has a secretary" in text(desk, desk_page(claim))
    send(desk, f"{desk_page(claim)}accept/", note="Elected in May.")
    assert OrganisationOffice.objects.count() == 2
    assert "further secretary" in letters_to("secretary@example.org")[0].subject


def test_a_coordinator_waits_until_the_secretary_could_object(local, coordinator, secretary):
    claim = claims.submit_claim(make.claim(local))
    with pytest.raises(ValidationError, match="may object until"):
        claims.accept_claim(claim, by=coordinator, note="Telephoned.")
    with later():
        claims.accept_claim(claim, by=coordinator, note="Telephoned.")
    assert OrganisationOffice.objects.count() == 2


# --- the public mailbox ---------------------------------------------------------------------


@pytest.fixture
def mailbox(local, coordinator):
    make.contact(local, "union@example.org")
    make.contact(local, "person@example.org", is_role=False, consent_on=make.LONG_AGO)


def link_in(letter: Letter) -> str:
    return re.search(r"https?://[^/\s]+(/\S+)", letter.body)[1]


def test_the_mailbox_is_asked_and_a_person_is_not(mailbox, local):
    claims.submit_claim(make.claim(local))
    assert len(letters_to("union@example.org")) == 1
    assert not letters_to("person@example.org")


def test_opening_the_link_changes_nothing_and_pressing_the_button_objects(
    mailbox, local, coordinator, visitor
):
    claim = claims.submit_claim(make.claim(local))
    link = link_in(letters_to("union@example.org")[0])
    assert "Kai" not in text(visitor, link)
    assert EntryClaim.objects.get().objected_at is None
    assert "objection is recorded" in visitor.post(link).content.decode()
    with later(), pytest.raises(ValidationError, match="can only be declined"):
        claims.accept_claim(claim, by=coordinator, note="Telephoned.")
    assert len(letters_to("coordinator@example.org")) == 2
    assert "knows nothing" in text(signed_in(coordinator), desk_page(claim))


def test_an_objection_counts_once(mailbox, local):
    claim = claims.submit_claim(make.claim(local))
    assert [claims.object_to(claim) for _time in range(2)] == [True, False]


def test_a_link_that_was_made_up_or_comes_too_late_is_void(mailbox, local, coordinator, visitor):
    claim = claims.submit_claim(make.claim(local))
    link = link_in(letters_to("union@example.org")[0])
    for wrong in ("", "?token=", "?token=x%00", f"?{link.partition('?')[2]}x"):
        assert visitor.post(f"/claims/{claim.reference}/objection/{wrong}").status_code == 410
    workflow.decline(claim, by=coordinator, note="No.")
    assert visitor.post(link).status_code == 410
    assert EntryClaim.objects.get().objected_at is None


def test_a_contact_that_is_no_address_does_not_keep_a_claim_away(mailbox, local, coordinator):
    make.contact(local, "ask at the harbour")  # as somebody may have imported it
    claim = claims.submit_claim(make.claim(local))
    assert claim.state == "submitted"
    assert len(letters_to("union@example.org")) == 1


def test_who_reads_the_mailbox_itself_need_not_wait(mailbox, local, coordinator):
    claim = claims.submit_claim(make.claim(local, "Union@example.org"))
    assert "is a public mailbox" in text(signed_in(coordinator), desk_page(claim))
    claims.accept_claim(claim, by=coordinator, note="The mailbox.")
    assert OrganisationOffice.objects.count() == 1


def test_a_mailbox_taken_out_of_the_entry_keeps_its_time_to_object(mailbox, local, coordinator):
    claim = claims.submit_claim(make.claim(local))
    local.contacts.all().delete()
    with pytest.raises(ValidationError, match="may object until"):
        claims.accept_claim(claim, by=coordinator, note="Telephoned.")


def test_a_mailbox_of_ones_own_does_not_silence_the_other(mailbox, local, coordinator):
    made = make.claim(local)
    make.contact(local, made.email)
    claim = claims.submit_claim(made)
    with pytest.raises(ValidationError, match="may object until"):
        claims.accept_claim(claim, by=coordinator, note="Telephoned.")


def test_another_address_is_shown_as_another(mailbox, local, coordinator):
    claim = claims.submit_claim(make.claim(local))
    assert "is not the organisation" in text(signed_in(coordinator), desk_page(claim))
