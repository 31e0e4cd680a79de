"""The register of decisions: nothing in it changes, and anybody can prove that."""

import contextlib
import datetime
import importlib.util
import json
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from directory import decisions, register
from directory.models import Affiliation, Decision, Effect, Organisation, RegisterEntry, Source
from federation.files.cleaning import Clean
from federation.files.keeping import keep
from federation.models import Federation, StoredFile
from tests import make
from tests.conftest import decision_guards
from tests.race import together

DAY = datetime.date(2020, 5, 1)
SCRIPT = Path(__file__).resolve().parents[2] / "script" / "verify_register"
WRITERS = 50


def decide(iwa: Federation, **fields: Any) -> Decision:
    known = {"body": "congress", "decided_on": DAY, "by": None}
    return decisions.record(federation=iwa, **known | fields)


def admit(iwa: Federation, name: str, **fields: Any) -> dict[str, Any]:
    """What a decision does: it admits a new organisation as a friend."""
    friend = iwa.statuses.get(slug="friend")
    made = make.organisation(name, "SE", **fields)
    return {"kind": "admit", "organisation": made, "status": friend, "on": DAY}


@pytest.fixture
def chain(iwa: Federation) -> Federation:
    """Five decisions, of which one is on somebody whom the public does not see."""
    first = decide(iwa, effects=[admit(iwa, "Cooks")], reference="7", texts={"en": "Cooks join."})
    decide(iwa, effects=[admit(iwa, "Hidden", visibility="unlisted")], texts={"en": "Hidden joins"})
    decide(iwa, effects=[admit(iwa, "Bakers") | {"kind": "decline"}], texts={"en": "Not Bakers."})
    decide(iwa, corrects=first, correction_note="The Cooks never asked.")
    decide(iwa, effects=[admit(iwa, "Sailors")], place="Örebro", texts={"ar": "انضم"})
    return iwa


# --- inside the database --------------------------------------------------------------------


def lifted(statement: str, *given: Any) -> None:
    """What somebody can do who commands the database itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            guards = [guard for guard in decision_guards.SQLITE if "appended only" in guard]
            for guard in guards:
                cursor.execute(f"DROP TRIGGER {guard.split()[2]}")
            cursor.execute(statement, given)
            for guard in guards:
                cursor.execute(guard)
            return
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, given)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def whats(federation: Federation) -> list[tuple[int, str]]:
    return [(fault.number, fault.what) for fault in register.faults(federation)]


def test_the_register_is_numbered_without_gaps_and_whole(chain):
    entries = RegisterEntry.objects.filter(federation=chain)
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == register.BEGINNING
    assert entries[4].previous == entries[3].hash
    assert whats(chain) == []


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE directory_decision SET place = 'Oslo' WHERE reference = '7'", "place was changed"),
        ("UPDATE directory_decision SET document_is_public = TRUE", "document_is_public was chan"),
        ("UPDATE directory_effect SET waiver = 'x'", "effect.0 was changed"),
        ("DELETE FROM directory_effect WHERE kind = 'decline'", "effect.0 was added or removed"),
        ("UPDATE directory_registerentry SET number = 9 WHERE number = 5", "entry 5 is missing"),
        ("UPDATE directory_registerentry SET previous = hash", "does not follow the entry before"),
        ("UPDATE directory_registerentry SET commitments = '[]'", "its hash is not that of its"),
        ("UPDATE directory_registerentry SET secret = 'x' WHERE number = 2", "body was changed"),
        ("DELETE FROM directory_registerentry WHERE number = 2", "entry 2 is missing"),
        ("DELETE FROM directory_registerentry WHERE number = 5", "does not stand in the register"),
        ("DELETE FROM directory_registerentry WHERE number = 1", "corrects was changed"),
    ],
)
def test_whatever_is_changed_is_found(chain, statement, found):
    lifted(statement)
    assert found in " ".join(what for _number, what in whats(chain))


def test_the_document_of_a_decision_is_proved_too(iwa):
    document = keep(Clean("minutes.pdf", "application/pdf", b"Cooks are admitted."))
    decide(iwa, document=document)
    assert whats(iwa) == []
    StoredFile.objects.update(content=b"something else")
    assert whats(iwa) == [(1, "the document was changed")]
    StoredFile.objects.update(digest="0" * 64)
    assert (1, "document was changed") in whats(iwa)


GUARDED = ("decision", "effect", "registerentry")


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "replace", "empty"])
def test_the_database_refuses_to_change_or_remove(chain, name, verb):
    table = f"directory_{name}"
    if verb == "replace":
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL has no REPLACE")
        verb = "REPLACE INTO {0} SELECT * FROM {0}"
    if verb == "empty":
        if connection.vendor == "sqlite":
            pytest.skip("SQLite has no TRUNCATE")
        verb = "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {} CASCADE"
    with (
        pytest.raises(DatabaseError, match="appended only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table))
    assert whats(chain) == []


def test_the_models_refuse_too(chain):
    decision, effect = Decision.objects.first(), Effect.objects.first()
    for act in (decision.save, effect.save, effect.delete, RegisterEntry.objects.first().save):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


# --- the command ----------------------------------------------------------------------------


def test_the_command_says_what_is_whole(chain, capsys):
    make.federation("asi")
    call_command("verify_register")
    *_each, total = capsys.readouterr().out.splitlines()
    assert total == "2 registers, 5 entries: whole."
    call_command("verify_register", "--federation=iwa", "--format=json")
    [told] = json.loads(capsys.readouterr().out)["registers"]
    assert told == {
        "federation": "iwa", "entries": 5, "head": RegisterEntry.objects.get(number=5).hash,
    }  # fmt: skip


def test_the_command_names_each_fault(chain, capsys):
    lifted("UPDATE directory_decision SET place = 'Oslo' WHERE reference = '7'")
    with pytest.raises(CommandError, match="1 faults") as failed:
        call_command("verify_register")
    assert failed.value.returncode == 1
    assert "iwa, entry 1: place was changed" in capsys.readouterr().out.splitlines()


def test_a_head_noted_earlier_shows_what_was_cut_off(chain, capsys):
    head = RegisterEntry.objects.get(number=5).hash
    call_command("verify_register", "--federation=iwa", f"--head={head}")
    last = Decision.objects.order_by("pk").last().pk
    lifted("DELETE FROM directory_registerentry WHERE number = 5")
    lifted("DELETE FROM directory_effect WHERE decision_id = %s", last)
    Affiliation.objects.update(decision=None)
    Source.objects.update(decision=None)
    lifted("DELETE FROM directory_decision WHERE id = %s", last)
    call_command("verify_register")
    with pytest.raises(CommandError):
        call_command("verify_register", "--federation=iwa", f"--head={head}")
    assert "no longer stands in it" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--federation=nobody"], ["--head=0"]])
def test_the_command_used_wrongly_says_how(chain, wrong):
    with pytest.raises(CommandError) as failed:
        call_command("verify_register", *wrong)
    assert failed.value.returncode == 2


# --- outside --------------------------------------------------------------------------------


@pytest.fixture
def exported(chain: Federation, visitor: Any) -> dict[str, Any]:
    response = visitor.get("/federations/iwa/register.json")
    assert response["Access-Control-Allow-Origin"] == "*"
    return json.loads(response.getvalue())


def proved(exported: Any, folder: Path, *arguments: str) -> tuple[int, str]:
    """What the script says of the file, alone and without anything of ours."""
    path = folder / "register.json"
    path.write_text(exported if isinstance(exported, str) else json.dumps(exported), "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", SCRIPT, path, *arguments], capture_output=True, text=True
    )
    return done.returncode, done.stdout


def test_anybody_can_prove_the_register(exported, tmp_path):
    status, said = proved(exported, tmp_path)
    opened = sum(len(entry["opened"]) for entry in exported["entries"])
    fields = sum(len(entry["commitments"]) for entry in exported["entries"])
    head = RegisterEntry.objects.get(number=5).hash
    assert said.splitlines() == [
        f"The register is whole: 5 entries, {opened} fields opened, {fields - opened} withheld",
        f"head {head}",
    ]
    assert status == 0
    assert proved(exported, tmp_path, "--head", exported["entries"][2]["hash"])[0] == 0


def test_the_script_is_the_one_of_the_repository(chain, visitor):
    response = visitor.get("/federations/iwa/verify_register.py")
    assert response.content == SCRIPT.read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="verify_register.py"'


def test_what_is_not_public_is_withheld_and_the_rest_is_open(exported):
    text = json.dumps(exported, ensure_ascii=False)
    assert [name in text for name in ("Cooks", "Sailors", "Hidden", "Bakers")] == [
        *(True, True, False, False)
    ]
    first, hidden, declined, correcting, _last = (e["opened"] for e in exported["entries"])
    assert first["effect.0"]["value"]["named"]["organisation"] == "Cooks"
    assert first["texts"]["value"] == {"en": "Cooks join."}
    for entry in (hidden, declined):
        assert not entry.keys() & {"effect.0", "texts", "place", "reference", "correction_note"}
        assert {"body", "decided_on", "corrects"} <= entry.keys()
    assert correcting["correction_note"]["value"] == "The Cooks never asked."
    assert all("document" not in entry["opened"] for entry in exported["entries"])


def test_what_is_shown_no_more_is_withheld_and_the_chain_still_holds(exported, visitor, tmp_path):
    Organisation.objects.filter(name="Sailors").update(visibility="withdrawn")
    again = visitor.get("/federations/iwa/register.json").getvalue().decode()
    assert "Sailors" not in again
    assert "انضم" not in again
    assert json.loads(again)["head"] == exported["head"]
    assert proved(again, tmp_path)[0] == 0


def test_a_public_document_can_be_compared(iwa, visitor):
    document = keep(Clean("minutes.pdf", "application/pdf", b"Cooks are admitted."))
    decide(iwa, effects=[admit(iwa, "Cooks")], document=document, document_is_public=True)
    [entry] = json.loads(visitor.get("/federations/iwa/register.json").getvalue())["entries"]
    assert entry["opened"]["document"]["value"] == document.digest


def _sign_again(told: dict[str, Any]) -> None:
    """What a forger does who knows the format: every hash is made anew."""
    previous = register.BEGINNING
    for number, entry in enumerate(told["entries"], start=1):
        entry |= {"number": number, "previous": previous}
        for name, field in entry["opened"].items():
            entry["commitments"][name] = register.commitment(field["salt"], name, field["value"])
        key = told["federation"]["id"]
        previous = register.hash_of(key, number, previous, entry["commitments"])
        entry["hash"] = previous
    told |= {"count": len(told["entries"]), "head": previous}


def _swap(told: dict[str, Any]) -> None:
    told["entries"][1:3] = reversed(told["entries"][1:3])


def _double(told: dict[str, Any]) -> None:
    told["entries"].insert(1, json.loads(json.dumps(told["entries"][0])))


def _open_more(told: dict[str, Any]) -> None:
    opened = told["entries"][0]["opened"]
    opened["effect.9"] = opened["effect.0"]


def first(told: dict[str, Any], name: str) -> dict[str, Any]:
    return told["entries"][0]["opened"][name]


FORGERIES = {
    "change": lambda told: first(told, "reference").update(value="8"),
    "remove": lambda told: told["entries"].pop(2),
    "reorder": _swap,
    "insert": _double,
    "truncate": lambda told: told["entries"].pop(),
    "salt": lambda told: first(told, "body").update(salt="0" * 64),
    "other federation": lambda told: told["federation"].update(id=told["federation"]["id"] + 1),
    "open what is not there": _open_more,
    "fingerprint": lambda told: told["entries"][1]["commitments"].update(texts="0" * 64),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_file_is_found_out(exported, tmp_path, how):
    FORGERIES[how](exported)
    status, said = proved(exported, tmp_path)
    assert (status, "whole:" in said) == (1, False)
    assert said.strip()


@pytest.mark.parametrize("how", ["change", "remove", "insert", "truncate", "fingerprint"])
def test_one_signed_anew_is_found_out_by_a_head_that_was_kept(exported, tmp_path, how):
    head = exported["head"]
    FORGERIES[how](exported)
    _sign_again(exported)
    assert proved(exported, tmp_path)[0] == 0
    status, said = proved(exported, tmp_path, "--head", head)
    assert (status, f"the hash {head} no longer stands in it" in said) == (1, True)


def test_any_flipped_byte_of_content_is_found(exported):
    """Every byte of every opened value, fingerprint and hash; the script as a module, for speed."""
    loader = SourceFileLoader("proof", str(SCRIPT))
    spec = importlib.util.spec_from_loader("proof", loader)
    proof = importlib.util.module_from_spec(spec)
    loader.exec_module(proof)
    about = {key: value for key, value in exported.items() if key != "entries"}
    small = {**about, "entries": exported["entries"][:1], "count": 1}
    small["head"] = small["entries"][0]["hash"]
    assert proof.check(small, [])[0] == []
    data = json.dumps(small, ensure_ascii=False).encode()
    missed = []
    for place in range(data.index(b'"entries"'), len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            told = json.loads(flipped)
            if told != small and proof.check(told, [])[0] == []:
                missed.append(data[place - 20 : place + 20])
    assert missed == []


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 1}', "\0", '{"format": 1, "entries": 3}']
)
def test_what_is_no_register_is_no_error_of_the_script(tmp_path, text):
    status, said = proved(text, tmp_path)
    assert (status, said.startswith("This is no whole register")) == (1, True)


def test_the_script_used_wrongly_says_how(tmp_path):
    for arguments in ([], ["nowhere.json"], ["a", "--tail", "x"]):
        done = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True)
        assert done.returncode == 2
        assert done.stderr


def test_the_register_is_exported_by_command(exported, tmp_path, capsys):
    path = tmp_path / "out.json"
    call_command("export_register", "iwa", f"--output={path}")
    told = json.loads(path.read_text("utf-8"))
    assert told["entries"] == exported["entries"]
    with pytest.raises(CommandError, match="File exists"):
        call_command("export_register", "iwa", f"--output={path}")
    with pytest.raises(CommandError, match="There is no federation x"):
        call_command("export_register", "x")


def test_the_register_of_nobody_and_with_parameters_is_refused(chain, visitor):
    assert visitor.get("/federations/nobody/register.json").status_code == 404
    assert visitor.get("/federations/iwa/register.json?page=2").status_code == 400


def test_the_file_takes_as_many_questions_for_many_as_for_few(
    chain, visitor, django_assert_max_num_queries
):
    for _index in range(20):
        decide(chain)
    with django_assert_max_num_queries(16):
        visitor.get("/federations/iwa/register.json").getvalue()


# --- two at once ----------------------------------------------------------------------------


def write_together(federation: Federation) -> list[Any]:
    return together(WRITERS, lambda index: decide(federation, reference=str(index)))


@pytest.mark.django_db(transaction=True)
def test_fifty_decisions_at_once_stand_in_one_line():
    federation = make.federation()
    results = write_together(federation)
    assert [result for result in results if isinstance(result, Exception)] == []
    numbers = RegisterEntry.objects.values_list("number", flat=True)
    assert list(numbers) == list(range(1, WRITERS + 1))
    assert whats(federation) == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_would_not(monkeypatch):
    """The control: each reads the same last entry. SQLite has the lock of the whole database."""
    monkeypatch.setattr(decisions, "wait_for_others", lambda federation: None)
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")
    results = write_together(make.federation())
    lost = [result for result in results if isinstance(result, IntegrityError | DatabaseError)]
    assert lost
