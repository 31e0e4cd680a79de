"""Procedures as data: drafts, versions, what holds together, and what never changes."""

import importlib
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from federation.models import AuditEvent, Federation, Status, User
from membership.models import AffiliationRequest, Procedure, Question
from membership.procedures import publishing
from membership.requests import workflow
from tests import make
from tests.race import together

guards = importlib.import_module("membership.migrations.0002_guards")
ASK = {"key": "why", "kind": "line", "labels": {"en": "Why?"}, "helps": {}, "options": {}}
CHOICE = ASK | {"kind": "choice", "options": {"en": "One\nTwo"}}


@pytest.fixture
def friend(iwa: Federation) -> Status:
    return iwa.statuses.get(slug="friend")


@pytest.fixture
def in_force(friend: Status) -> Procedure:
    return make.procedure(friend, [{"key": "why"}], consulted="all", body="congress")


def draft_of(friend: Status, by: User, questions: Any = (), **rules: Any) -> Procedure:
    """A draft with these rules, whatever was in force."""
    in_force = Procedure.objects.of_status(friend)
    example = {"rules": rules, "questions": list(questions)}
    return publishing.new_draft(in_force, by, example)


# --- versions -------------------------------------------------------------------------------


def test_draft_is_a_copy_of_the_version_in_force_with_its_questions(in_force, coordinator):
    draft = publishing.new_draft(in_force, coordinator)
    assert (draft.version, draft.state, draft.published_at) == (2, "draft", None)
    assert publishing.rules_of(draft) == publishing.rules_of(in_force)
    assert publishing.asks_of(draft) == publishing.asks_of(in_force)
    assert publishing.diff(in_force, draft) == []


def test_a_status_has_one_draft(in_force, coordinator):
    publishing.new_draft(in_force, coordinator)
    with pytest.raises(ValidationError, match="draft for this status already"):
        publishing.new_draft(in_force, coordinator)


def test_where_two_decide_nobody_puts_their_own_draft_in_force(friend, coordinator):
    second = make.coordinator(friend.federation, "second@example.org")
    draft = publishing.new_draft(make.procedure(friend, needs_second=True), coordinator)
    with pytest.raises(ValidationError, match="did not write it"):
        publishing.publish(draft, coordinator)
    written = publishing.save_draft(
        draft, second, rules={"needs_second": False}, questions=[], seen=publishing.mark(draft)
    )
    with pytest.raises(ValidationError, match="did not write it"):
        publishing.publish(written, second)
    assert publishing.publish(written, coordinator).state == "in_force"


def test_publishing_retires_the_one_before_and_both_stay(in_force, coordinator):
    draft = publishing.new_draft(in_force, coordinator)
    published = publishing.publish(draft, coordinator, "As the congress decided.")
    in_force.refresh_from_db()
    assert (in_force.state, published.state) == ("retired", "in_force")
    assert in_force.retired_at == published.published_at
    assert published.change_note == "As the congress decided."
    assert Procedure.objects.of_status(published.status) == published


def test_running_request_keeps_the_version_it_began_under(iwa, local, in_force, coordinator):
    request = workflow.submit_request(make.request(iwa))
    rules = publishing.rules_of(in_force) | {"consulted": "none", "body": "secretariat"}
    draft = publishing.new_draft(in_force, coordinator)
    draft = publishing.save_draft(
        draft, coordinator, rules=rules, questions=[], seen=publishing.mark(draft)
    )
    publishing.publish(draft, coordinator)
    later = workflow.submit_request(make.request(iwa, email="later@example.org"))
    request = AffiliationRequest.objects.get(pk=request.pk)
    assert (request.procedure, request.deciding_body) == (in_force, "congress")
    assert (later.procedure, later.deciding_body) == (draft, "secretariat")
    # The first one is still consulted about, as its own version says; the later is not.
    assert workflow.consult(request, by=coordinator).state == "in_consultation"
    assert later.forbids("consult") == "This procedure consults nobody."


def test_whoever_asks_while_the_first_version_is_a_draft_asks_under_the_plainest(
    iwa, friend, coordinator
):
    draft = publishing.new_draft(Procedure(federation=iwa, status=friend), coordinator)
    request = workflow.submit_request(make.request(iwa))
    assert (draft.version, request.procedure.version, request.procedure.state) == (1, 2, "in_force")
    published = publishing.publish(draft, coordinator)
    assert (published.version, Procedure.objects.of_status(friend)) == (3, published)


def test_discarded_draft_leaves_nothing_and_the_version_in_force(in_force, coordinator):
    publishing.discard(publishing.new_draft(in_force, coordinator), coordinator)
    assert list(Procedure.objects.filter(status=in_force.status)) == [in_force]
    assert Question.objects.count() == 1


def test_every_door_leaves_an_event_to_the_coordinators(in_force, coordinator):
    draft = publishing.new_draft(in_force, coordinator)
    draft = save(draft, coordinator, quorum=10)
    publishing.publish(draft, coordinator)
    publishing.discard(publishing.new_draft(draft, coordinator), coordinator)
    events = AuditEvent.objects.filter(model="membership.Procedure", federation_slug="iwa")
    notes = events.order_by("pk").values_list("note", flat=True)
    assert list(notes) == ["draft", "save", "publish", "draft", "discard"]


def save(draft: Procedure, by: User, seen: str = "", **rules: Any) -> Procedure:
    return publishing.save_draft(
        draft, by, rules=publishing.rules_of(draft) | rules,
        questions=publishing.asks_of(draft), seen=seen or publishing.mark(draft),
    )  # fmt: skip


def test_a_coordinator_of_another_federation_can_do_nothing(in_force, coordinator, outsider):
    draft = publishing.new_draft(in_force, coordinator)
    mark = publishing.mark(draft)
    for act in (
        lambda: publishing.new_draft(in_force, outsider),
        lambda: save(draft, outsider),
        lambda: publishing.publish(draft, outsider),
        lambda: publishing.discard(draft, outsider),
    ):
        with pytest.raises(PermissionDenied):
            act()
    draft.refresh_from_db()
    assert (draft.state, publishing.mark(draft)) == ("draft", mark)


# --- two at once ----------------------------------------------------------------------------


def test_the_second_editor_is_refused_and_told_what_stands_now(in_force, coordinator):
    draft = publishing.new_draft(in_force, coordinator)
    seen = publishing.mark(draft)
    save(draft, coordinator, quorum=40)
    with pytest.raises(publishing.Changed) as refused:
        save(draft, coordinator, seen=seen, quorum=60)
    assert refused.value.now.quorum == 40
    draft.refresh_from_db()
    assert draft.quorum == 40


def test_nothing_unseen_is_published(in_force, coordinator):
    draft = publishing.new_draft(in_force, coordinator)
    seen = publishing.mark(draft)
    save(draft, coordinator, quorum=40)
    with pytest.raises(publishing.Changed):
        publishing.publish(draft, coordinator, seen=seen)
    assert Procedure.objects.of_status(in_force.status) == in_force


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_publish_at_once_one_wins(coordinator, iwa):
    status = iwa.statuses.get(slug="friend")
    draft = draft_of(status, coordinator, body="congress")
    results = together(50, lambda number: publishing.publish(draft, coordinator, f"{number}"))
    won = [one for one in results if isinstance(one, Procedure)]
    lost = [one for one in results if isinstance(one, publishing.Changed)]
    assert (len(won), len(lost)) == (1, 49)
    states = Procedure.objects.filter(status=status).order_by("version")
    assert list(states.values_list("state", flat=True)) == ["retired", "in_force"]
    assert states.last().change_note == won[0].change_note
    assert AuditEvent.objects.filter(note="publish").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_begin_a_draft_at_once_one_makes_it(coordinator, iwa):
    in_force = Procedure.objects.of_status(iwa.statuses.get(slug="friend"))
    results = together(50, lambda number: publishing.new_draft(in_force, coordinator))
    assert sum(isinstance(one, Procedure) for one in results) == 1
    assert sum(isinstance(one, ValidationError) for one in results) == 49
    assert Procedure.objects.filter(state="draft").count() == 1


# --- what was in force never changes --------------------------------------------------------


def test_the_doors_refuse_what_was_in_force(in_force, coordinator):
    for act in (
        lambda: save(in_force, coordinator, quorum=1),
        lambda: publishing.publish(in_force, coordinator),
        lambda: publishing.discard(in_force, coordinator),
    ):
        with pytest.raises(publishing.Changed):
            act()


def test_guard_knows_every_column(db):
    columns = {field.column for field in Procedure._meta.concrete_fields}
    assert set(guards.FROZEN) | {"state", "retired_at"} == columns


@pytest.mark.parametrize("column", [*guards.FROZEN[4:], "state", "retired_at"])
def test_the_database_refuses_to_change_a_version_in_force(in_force, column):
    field = Procedure._meta.get_field(column)
    value = {"state": "draft", "published_at": None, "retired_at": in_force.published_at}.get(
        column, 7 if field.get_internal_type().endswith("IntegerField") else None
    )
    if value is None and column != "published_at":
        value = {"CharField": "x", "BooleanField": True, "UUIDField": uuid.uuid4()}.get(
            field.get_internal_type(), {"x": "y"}
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Procedure.objects.filter(pk=in_force.pk).update(**{column: value})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE membership_procedure SET quorum = 1 WHERE state = 'in_force'",
        "UPDATE membership_procedure SET state = 'in_force' WHERE state = 'retired'",
        "UPDATE membership_procedure SET retired_at = NULL WHERE state = 'retired'",
        "DELETE FROM membership_procedure WHERE state = 'retired'",
        "UPDATE membership_question SET kind = 'text'",
        "DELETE FROM membership_question",
    ],
)
def test_the_database_refuses_plain_statements(in_force, coordinator, statement):
    publishing.publish(publishing.new_draft(in_force, coordinator), coordinator)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_database_takes_no_further_question_for_a_version_in_force(in_force):
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.create(procedure=in_force, key="more", kind="line", labels={"en": "?"})


def test_the_database_lets_no_question_move_into_a_version_in_force(in_force, coordinator):
    draft = publishing.new_draft(in_force, coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.questions.update(procedure=in_force, key="another")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is of SQLite")
def test_the_database_refuses_to_replace_a_version_in_force(in_force):
    columns = ", ".join([*guards.FROZEN, "state", "retired_at"])
    copy = f"SELECT {columns.replace('quorum', '99')} FROM membership_procedure"  # noqa: S608
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO membership_procedure ({columns}) {copy}")


# --- what holds together --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"open_to": []}, "Say who may ask"),
        ({"open_to": ["circus"]}, "An unknown kind"),
        ({"defers_to": ["circus"]}, "an unknown body"),
        ({"quorum": 50}, "There is a quorum, but nobody is consulted"),
        ({"is_binding": True}, "binds, but nobody is consulted"),
        ({"objection_blocks": True}, "nobody is consulted who could object"),
        ({"publishes_replies": True}, "to see the replies, but nobody is consulted"),
        ({"waiver_body": "congress"}, "this status is not one of which there is one"),
        ({"asks_documents": "no", "documents": {"en": "Statutes"}}, "but asks for none"),
        ({"guidance": {"es": "Hola"}}, "Missing in the language of the federation: what to know"),
    ],
)
def test_impossible_combinations_are_named(friend, coordinator, rules, said):
    draft = draft_of(friend, coordinator, **rules)
    [problem] = publishing.problems(draft)
    assert said in problem
    with pytest.raises(ValidationError, match=said[:20]):
        publishing.publish(draft, coordinator)
    assert Procedure.objects.of_status(friend).version == 1


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ([ASK | {"labels": {"es": "¿Por qué?"}}], "Question 1 is not written in the language"),
        ([ASK | {"helps": {"es": "Hola"}}], "The help of question 1"),
        ([CHOICE | {"options": {}}], "Question 1 needs at least two answers"),
        ([CHOICE | {"options": {"en": "One"}}], "Question 1 needs at least two answers"),
        ([CHOICE | {"options": {"en": "One\nOne"}}], "the same answer twice"),
        ([CHOICE | {"options": {"en": "One\nTwo", "es": "Uno"}}], "not as many answers"),
        ([ASK | {"options": {"en": "One\nTwo"}}], "but is of another kind"),
    ],
)
def test_wrong_questions_are_named(friend, coordinator, questions, said):
    [problem] = publishing.problems(draft_of(friend, coordinator, questions))
    assert said in problem


def test_short_names_of_questions_are_used_once(friend, coordinator):
    with pytest.raises(ValidationError):
        draft_of(friend, coordinator, [ASK, ASK])


def test_who_may_waive_is_one_who_decides(friend, coordinator):
    Status.objects.filter(pk=friend.pk).update(is_one_per_country=True)
    draft = draft_of(friend, coordinator, body="secretariat", waiver_body="congress")
    [problem] = publishing.problems(draft)
    assert "nobody could ever do it" in problem
    assert publishing.problems(save(draft, coordinator, appeal_body="congress")) == []


def test_second_person_in_a_federation_with_one_coordinator_is_a_warning(friend, coordinator, iwa):
    draft = draft_of(friend, coordinator, needs_second=True)
    assert publishing.problems(draft) == []
    [warning] = publishing.warnings(draft)
    assert "has one coordinator" in warning
    second = make.coordinator(iwa, "second@example.org")
    assert publishing.warnings(draft) == []
    second.is_active = False
    second.save()
    assert publishing.warnings(draft) == [warning]


# --- in words -------------------------------------------------------------------------------


def sentences(procedure: Procedure) -> list[str]:
    return [str(line) for _heading, lines in publishing.in_words(procedure) for line in lines]


def test_the_plainest_procedure_in_words(friend):
    said = sentences(Procedure.objects.of_status(friend))
    assert "Any organisation may ask, of whatever kind." in said
    assert "The sections are not consulted." in said
    assert "Which body decides is not laid down; the record will name it." in said
    assert "There is no appeal." in said


def test_every_rule_shows_in_words(friend, coordinator):
    """Whatever is changed, the words change: nothing is hidden from those who ask."""
    plain = {"consulted": "all", "appeal_body": "congress", "asks_documents": "optional"}
    other = {
        "open_to": ["union"], "asks_members": "no", "asks_affiliations": "required",
        "asks_documents": "required", "documents": {"en": "Statutes"},
        "statements": {"en": "Yes"}, "sponsors": 2, "consulted": "country",
        "consultation_days": 9, "quorum": 30, "majority": "unanimous",
        "abstentions_count": True, "silence": "for", "objection_blocks": True,
        "is_binding": True, "publishes_replies": True, "body": "congress",
        "defers_to": ["congress"], "effective": "year", "needs_second": True,
        "answer_days": 3, "lapses": True, "decision_days": 4, "appeal_body": "plenary",
        "appeal_days": 5, "guidance": {"en": "Read this."},
    }  # fmt: skip
    draft = draft_of(friend, coordinator, **plain)
    before = publishing.in_words(draft), publishing.rules_of(draft)
    assert set(other) == set(publishing.RULES) - {"waiver_body", "source"}
    for name, value in other.items():
        changed = Procedure(federation=draft.federation, status=friend, **before[1] | {name: value})
        assert publishing.diff(draft, changed), name


def test_diff_tells_what_no_longer_holds_and_what_does(friend, coordinator):
    old = Procedure.objects.of_status(friend)
    new = draft_of(friend, coordinator, [ASK], body="congress", guidance={"en": "A", "es": "B"})
    assert publishing.diff(old, new) == [
        ("What is needed", [], [publishing.in_words(new)[1][1][-1]]),
        ("Who decides", ["Which body decides is not laid down; the record will name it."],
            ["The congress decides.",
             "The same holds when an organisation with this status is suspended or put out.",
             "Until a meeting has decided, the secretariat may suspend it."]),
        ("Texts", [], ["what to know before asking (English, español)"]),
    ]  # fmt: skip


def test_words_are_in_the_readers_language_and_questions_in_their_own(friend, coordinator):
    draft = draft_of(friend, coordinator, [ASK | {"labels": {"en": "Why?", "es": "¿Por qué?"}}])
    with translation.override("es"):
        question = publishing.in_words(draft)[1][1][-1]
    assert question.language == "es"
    assert str(question).startswith("¿Por qué?")


# --- rights ---------------------------------------------------------------------------------


def test_a_draft_is_seen_by_the_coordinators_of_its_federation_alone(
    in_force, coordinator, outsider, secretary
):
    draft = publishing.new_draft(in_force, coordinator)
    for person in (None, outsider, secretary):
        visible = Procedure.objects.visible_to(person)
        assert (visible.contains(in_force), visible.contains(draft)) == (True, False)
        assert not Question.objects.visible_to(person).filter(procedure=draft).exists()
    assert Procedure.objects.visible_to(coordinator).contains(draft)
    assert Question.objects.visible_to(coordinator).filter(procedure=draft).exists()
