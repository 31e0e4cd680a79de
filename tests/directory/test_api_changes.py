"""Keeping a copy of the directory by asking what has changed."""

import datetime

import pytest
from django.utils import timezone

from directory import changes
from directory import workflow as register
from directory.models import Organisation
from tests import make

pytestmark = pytest.mark.django_db
EVER = "2000-01-01"


def changed(row, at):
    """As if the last change had been then."""
    Organisation.objects.filter(pk=row.pk).update(changed_at=at)


def ask(visitor, **asked):
    answer = visitor.get("/api/v1/changes/", asked)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def told(answer):
    return [(row["slug"], row["change"]) for row in answer["results"]]


def test_changes_are_told_oldest_first_and_from_the_moment_on(visitor):
    now = timezone.now()
    for name, hours in (("New", 1), ("Old", 3), ("Middle", 2)):
        changed(make.organisation(name), now - datetime.timedelta(hours=hours))
    answer = ask(visitor, since=EVER)
    assert told(answer) == [("old", "changed"), ("middle", "changed"), ("new", "changed")]
    since = answer["results"][1]["changed_at"]
    assert told(ask(visitor, since=since)) == [("middle", "changed"), ("new", "changed")]
    assert list(answer) == ["count", "next", "previous", "since", "results"]
    assert answer["count"] == 3


def test_a_change_carries_the_organisation_as_it_is_now(visitor, local):
    [row] = ask(visitor, since=EVER)["results"]
    assert row["organisation"] == visitor.get(f"/api/v1/organisations/{local.slug}/").json()
    assert row["url"] == row["organisation"]["url"]
    assert row["changed_at"] == row["organisation"]["changed_at"]


@pytest.mark.parametrize("visibility", ["unlisted", "proposed"])
def test_what_leaves_the_public_lists_is_told_as_withdrawn_with_its_last_address_alone(
    visitor, visibility
):
    row = make.organisation("Was here")
    make.contact(row, "mail@example.org")
    row.refresh_from_db()
    row.visibility = visibility
    row.save()
    register.rename(organisation=row, name="Secret now", by=None)
    [change] = ask(visitor, since=EVER)["results"]
    assert change.pop("changed_at")
    assert change == {
        "slug": "was-here", "url": None, "change": "withdrawn", "organisation": None,
    }  # fmt: skip


@pytest.mark.parametrize("visibility", ["unlisted", "proposed"])
def test_what_never_stood_in_the_lists_is_not_told(visitor, visibility):
    make.organisation("Never", visibility=visibility)
    assert ask(visitor, since=EVER)["results"] == []


def test_a_bond_and_a_detail_count_as_changes(visitor, iwa):
    row = make.organisation("Union")
    bond = make.affiliation(row, iwa)
    long_ago = timezone.now() - datetime.timedelta(days=9)
    since = (timezone.now() - datetime.timedelta(days=1)).date().isoformat()
    changed(row, long_ago)
    assert told(ask(visitor, since=since)) == []
    make.contact(row, "mail@example.org")
    assert told(ask(visitor, since=since)) == [("union", "changed")]
    changed(row, long_ago)
    register.end(
        affiliation=bond, by=None, reason="lapse", source=bond.source,
        until=datetime.date(2020, 1, 1),
    )  # fmt: skip
    assert told(ask(visitor, since=since)) == [("union", "changed")]


def test_what_changes_while_it_is_read_is_read_again_and_nothing_is_missed(visitor):
    made = [make.organisation(name) for name in "ABCD"]
    answer = ask(visitor, since=EVER, page_size=2)
    first, read = answer, told(answer)
    made[0].save()
    while answer["next"]:
        answer = visitor.get(answer["next"]).json()
        read += told(answer)
    assert [slug for slug, _change in read] == ["a", "b", "c", "d", "a"]
    assert answer["since"] == first["since"]


def test_the_next_reading_begins_before_this_one_so_that_late_commits_are_not_missed(visitor):
    """A change is dated when it is written and seen when it is committed."""
    make.organisation("Early")
    reading = ask(visitor, since=EVER)
    written = timezone.now() - changes.OVERLAP + datetime.timedelta(seconds=30)
    changed(make.organisation("Committed late"), written)
    assert ("committed-late", "changed") in told(ask(visitor, since=reading["since"]))


def test_a_reading_without_changes_still_says_how_to_go_on(visitor):
    answer = ask(visitor, since=timezone.localdate().isoformat())
    assert (answer["count"], answer["results"], answer["next"]) == (0, [], None)
    since = datetime.datetime.fromisoformat(answer["since"])
    assert since <= timezone.now() - changes.OVERLAP


def test_a_place_of_another_list_is_none_here(visitor):
    for name in "ABC":
        make.organisation(name)
    other = visitor.get("/api/v1/organisations/?page_size=2&sort=-name").json()["next"]
    place = other.partition("after=")[2]
    answer = visitor.get(f"/api/v1/changes/?since={EVER}&after={place}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["after"])
