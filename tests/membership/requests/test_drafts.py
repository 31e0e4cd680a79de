"""Drafts that nobody comes back to end, and who kept one for later is told a week before."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from federation.models import Letter, StoredFile
from membership import deadlines
from membership.entrance import codes
from membership.models import AffiliationRequest
from membership.requests import documents, drafts, sections
from tests import make
from tests.files import picture

TODAY = datetime.date(2026, 6, 1)


def days_ago(days: int) -> datetime.datetime:
    day = datetime.datetime(2026, 6, 1, 12, tzinfo=timezone.get_default_timezone())
    return day - datetime.timedelta(days=days)


@pytest.fixture
def left(iwa):
    """A draft that was last changed so many days ago."""

    def make_it(days: int, **fields) -> AffiliationRequest:
        made = make.request(iwa, email=f"d{days}@example.org")
        AffiliationRequest.objects.filter(pk=made.pk).update(changed_at=days_ago(days), **fields)
        return AffiliationRequest.objects.get(pk=made.pk)

    return make_it


def letters() -> list[tuple[str, str]]:
    return sorted(Letter.objects.values_list("template", "recipient"))


def there(draft: AffiliationRequest) -> bool:
    return AffiliationRequest.objects.filter(pk=draft.pk).exists()


def test_a_draft_lasts_sixty_days_after_its_last_change(left):
    kept, over = left(60), left(61)
    assert drafts.last_day(kept) == TODAY
    deadlines.run(TODAY)
    assert (there(kept), there(over)) == (True, False)


def test_who_kept_it_for_later_is_warned_a_week_before_and_once(left):
    early, due = left(52, saved_at=days_ago(52)), left(53, saved_at=days_ago(53))
    unsaved = left(55)
    for _time in range(2):
        deadlines.run(TODAY)
    assert [letter.recipient for letter in Letter.objects.all()] == [due.email]
    letter = Letter.objects.get()
    assert letter.template == "draft_expires"
    assert due.reference in letter.body
    assert drafts.last_day(due) == TODAY + datetime.timedelta(days=7)
    assert [one.email for one in (early, unsaved) if there(one)] == [early.email, unsaved.email]


def test_who_came_back_to_it_by_its_code_is_warned_too(left):
    due = left(53)
    codes.send_code(due)
    code = Letter.objects.get().subject.split()[-1]
    assert codes.use_code(due, code)
    deadlines.run(TODAY)
    assert Letter.objects.filter(template="draft_expires").get().recipient == due.email


def test_a_kept_draft_is_warned_of_first_even_if_the_worker_stood_still_for_months(left):
    made = left(200, saved_at=days_ago(200))
    deadlines.run(TODAY)
    assert there(made)
    assert len(letters()) == 1
    AffiliationRequest.objects.filter(pk=made.pk).update(warned_at=days_ago(0))
    deadlines.run(TODAY + datetime.timedelta(days=7))
    assert there(made)
    deadlines.run(TODAY + datetime.timedelta(days=8))
    assert not there(made)


def test_going_on_with_it_puts_the_end_off_and_takes_the_warning_back(left):
    made = left(58, saved_at=days_ago(58), warned_at=days_ago(5))
    saved = drafts.save(made, sections.SECTION["where"], {"city": "Linz"})
    assert saved.warned_at is None
    deadlines.run(TODAY + datetime.timedelta(days=30))
    assert there(made)


def test_its_documents_go_with_it(left):
    made = left(1)
    documents.attach(made, SimpleUploadedFile("statutes.png", picture("PNG")))
    AffiliationRequest.objects.filter(pk=made.pk).update(changed_at=days_ago(61))
    deadlines.run(TODAY)
    assert not there(made)
    assert not StoredFile.objects.exists()


def test_what_was_sent_never_ends_by_itself(left):
    made = left(400, state="submitted")
    deadlines.run(TODAY)
    assert there(made)


def test_one_changed_at_the_last_moment_is_not_deleted(left):
    made = left(61)
    over = drafts.ended(TODAY)
    drafts.save(made, sections.SECTION["where"], {"city": "Linz"})
    for draft in over:
        drafts.expire(draft)
    assert there(made)
