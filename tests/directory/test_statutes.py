"""The texts a federation gives itself: which version held when, and in which words."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from directory.models import AsAt, Decision, Source, Statutes, StatutesText
from directory.statutes import Block, blocks, through_time
from federation.models import AuditEvent, Federation, StoredFile
from tests import files, make
from tests.conftest import signed_in
from tests.panel import page, save

YES, NO, UNKNOWN = AsAt.YES, AsAt.NO, AsAt.UNKNOWN


def day(year: int) -> datetime.date:
    return datetime.date(year, 1, 1)


def seen(of: Federation, year: int) -> Source:
    return make.source(of, day(year))


def version(of: Federation, since: int | None = None, **fields: Any) -> Statutes:
    """Adopted in French; the words by language."""
    words = fields.pop("words", {"fr": "Une voix par section."})
    if not fields.keys() & {"decision", "source"}:
        fields["source"] = seen(of, since or 2001)
    plain = {"titles": {"fr": f"Statuts {since}"}, "language": "fr"}
    made = Statutes(federation=of, since=since and day(since), **plain | fields)
    made.full_clean()
    made.save()
    for language, text in words.items():
        StatutesText.objects.create(statutes=made, language=language, text=text)
    return made


def address(of: Statutes, name: str = "detail", **more: str) -> str:
    known = {"slug": of.federation.slug, "pk": of.pk} | more
    return reverse(f"directory:statutes_{name}", kwargs=known)


# --- through time ---------------------------------------------------------------------------


def answers(rows: list[Statutes], year: int) -> list[AsAt]:
    """Oldest first."""
    return [one.answer for one in through_time(rows, day(year))][::-1]


def test_a_version_holds_until_the_next_one_does(iwa):
    rows = [version(iwa, 2010), version(iwa, 2000)]
    assert answers(rows, 1999) == [NO, NO]
    assert answers(rows, 2000) == answers(rows, 2009) == [YES, NO]
    assert answers(rows, 2010) == answers(rows, 2030) == [NO, YES]
    newest, oldest = through_time(rows, day(2005))
    assert (oldest.until, newest.until, newest.is_ahead) == (day(2010), None, True)


def test_a_version_of_unknown_beginning_holds_since_its_source_and_may_have_held_before(iwa):
    unknown = version(iwa, source=seen(iwa, 2005))
    assert [answers([unknown], year) for year in (2004, 2005)] == [[UNKNOWN], [YES]]
    rows = [version(iwa, 2000), unknown, version(iwa, 2010)]
    assert answers(rows, 1999) == [NO, NO, NO]
    assert answers(rows, 2000) == [YES, NO, NO]  # on that very day it came into force
    assert answers(rows, 2004) == [UNKNOWN, UNKNOWN, NO]
    assert answers(rows, 2005) == [NO, YES, NO]
    assert answers(rows, 2010) == [NO, NO, YES]
    assert through_time(rows, day(2004))[-1].gone_on == day(2005)


def test_the_list_says_what_held_on_a_day_since_when_and_from_where(visitor, iwa, local):
    bond = local.affiliations.get()
    public = Decision.objects.create(
        federation=iwa, body="congress", decided_on=day(2000), reference="17"
    )
    bond.decision = public
    bond.save()
    inner = Decision.objects.create(federation=iwa, body="plenary", decided_on=day(2010))
    version(iwa, 2000, decision=public, words={"fr": "A", "es": "B"})
    version(iwa, 2010, decision=inner)
    version(iwa, kind="principles", source=seen(iwa, 2005), words={})
    shown = visitor.get("/federations/iwa/statutes/?on=2005-06-01")
    states = [
        (row.version.answer, row.is_linked)
        for _kind, rows in shown.context["kinds"]
        for row in rows
    ]
    assert states == [(NO, False), (YES, True), (YES, False)]
    text = shown.content.decode()
    assert "start not known, so on 1 January 2005" in text
    assert "from 1 January 2000 until 1 January 2010" in text
    assert "?language=es" in text
    assert "French</a> (as adopted)" in text
    assert "as things stood on 1 June 2005" in text
    assert ">Statuts 2000</bdi>" in visitor.get("/federations/iwa/?on=2005-06-01").content.decode()
    refused = visitor.get("/federations/iwa/statutes/?kind=rules")
    assert (refused.status_code, refused.context["kinds"]) == (400, [])


# --- the words ------------------------------------------------------------------------------


def test_a_text_is_cut_into_paragraphs_and_headings():
    assert blocks("# One\nfirst\n  second\n\n\nthird\n### Deep\n#no heading\n#\n") == [
        Block("One", 1, "part-1"),
        Block("first\nsecond"),
        Block("third"),
        Block("Deep", 2, "part-4"),
        Block("#no heading\n#"),
    ]
    assert blocks(" \n\n") == []


def test_a_translation_says_so_and_leads_to_the_adopted_text(visitor, iwa):
    made = version(iwa, 2000, words={"fr": "Une voix.", "ar": "صوت واحد", "en": "One vote."})
    url, says = address(made), "This is a translation; the adopted text is in French."
    english = visitor.get(url).content.decode()
    assert (says in english, "One vote." in english) == (True, True)
    assert 'href="?language=fr"' in english
    french = visitor.get(f"{url}?language=fr").content.decode()
    assert (says in french, "Une voix." in french) == (False, True)
    arabic = visitor.get(f"{url}?language=ar").content.decode()
    assert 'dir="rtl" lang="ar">' in arabic
    assert "صوت" in visitor.get(f"/ar{url}").content.decode()
    assert "Une voix." in visitor.get(f"/es{url}").content.decode(), "not in Spanish"
    for asked in ("language=de", "language=fr&language=en", "lang=fr"):
        assert visitor.get(f"{url}?{asked}").status_code == 400


def test_words_do_nothing_on_the_page(visitor, iwa):
    hostile = "# <img src=x onerror=alert(1)>\n\n</div><script>alert(1)</script>\n[x](javascript:1)"
    made = version(
        iwa, 2000, words={"fr": hostile}, titles={"fr": "<b>T</b>"}, changes={"fr": "<i>C</i>"}
    )
    for url in (address(made), "/federations/iwa/statutes/", "/federations/iwa/"):
        text = visitor.get(url).content.decode()
        for tag in ("<img src=x", "<script>alert", "<b>T", "<i>C", 'href="javascript'):
            assert tag not in text
    assert "&lt;script&gt;alert(1)" in visitor.get(address(made)).content.decode()


def test_a_version_that_was_replaced_leads_to_the_one_in_force(visitor, iwa):
    old, new = version(iwa, 2000), version(iwa, 2010, changes={"fr": "Deux voix."})
    text = visitor.get(address(old)).content.decode()
    assert "This version no longer holds." in text
    assert text.count(f'href="{address(new)}"') == 2
    text = visitor.get(address(new)).content.decode()
    assert ("no longer holds" in text, "Deux voix." in text) == (False, True)
    assert "Earlier version" in text


def test_what_is_not_there_is_not_found(visitor, iwa, asi):
    made = version(iwa, 2000)
    elsewhere = reverse("directory:statutes_detail", args=["asi", made.pk])
    document = address(made, "document", language="fr")
    for url in (elsewhere, document, document.replace("/fr/", "/de/"), "/federations/x/statutes/",
                "/federations/iwa/statutes/99999999999999999999999999/"):  # fmt: skip
        assert visitor.get(url).status_code == 404, url


# --- the panel ------------------------------------------------------------------------------


@pytest.fixture
def client(coordinator: Any) -> Client:
    return signed_in(coordinator)


def test_a_coordinator_writes_a_version_in_two_languages(iwa, client):
    adopted = Decision.objects.create(federation=iwa, body="congress", decided_on=day(2000))
    typed = {
        "federation": iwa.pk, "kind": "rules", "titles_fr": "Statuts", "language": "fr",
        "since": "2000-01-01", "decision": adopted.pk, "words-0-language": "fr",
        "words-0-text": "Une voix.", "words-TOTAL_FORMS": 2, "words-1-language": "en",
        "words-1-text": "One vote.",
    }  # fmt: skip
    assert save(client, page(Statutes, "add"), **typed).status_code == 302
    made = Statutes.objects.get()
    assert sorted(made.words.values_list("language", "text")) == [
        ("en", "One vote."), ("fr", "Une voix."),
    ]  # fmt: skip
    again = save(client, page(Statutes, "add"), **typed)
    assert "Another version holds from that day already." in again.content.decode()
    url = page(Statutes, "change", made)
    wordless = save(client, url, **{"words-0-text": ""})
    assert "Write the text or add the document." in wordless.content.decode()
    twice = save(
        client, page(Statutes, "change", version(iwa, 2005, kind="rules")), since=day(2000)
    )
    assert "Another version holds from that day already." in twice.content.decode()
    assert save(client, url, **{"words-0-text": "One voice."}).status_code == 302
    assert made.history.count() == 2
    assert StatutesText.history.filter(text="One vote.").exists(), "what it said before is kept"


def test_what_another_federation_recorded_is_refused(iwa, asi, client, coordinator):
    make.Office.objects.create(federation=asi, person=coordinator, since=day(2000))
    foreign = Decision.objects.create(federation=asi, body="congress", decided_on=day(2000))
    made = version(iwa, 2000)
    answer = save(client, page(Statutes, "change", made), decision=foreign.pk)
    assert "recorded by another federation" in answer.content.decode()
    asi.offices.update(until=day(2001))
    answer = save(client, page(Statutes, "change", made), decision=foreign.pk)
    assert "not one of the available choices" in answer.content.decode()
    with pytest.raises(ValidationError):
        version(iwa, 2001, source=seen(asi, 2001))
    made.refresh_from_db()
    assert made.decision is None


def upload(language: str, content: bytes | None = None, name: str = "Statuts.pdf") -> Any:
    file = SimpleUploadedFile(name, files.pdf() if content is None else content)
    return {"language": language, "document": file}


def test_a_document_is_cleaned_kept_taken_away_and_replaced(visitor, iwa, client, outsider):
    made = version(iwa, 2000)
    desk = reverse("admin:directory_statutes_documents", args=[made.pk])
    assert signed_in(outsider).post(desk, upload("fr")).status_code == 404
    evil = client.post(desk, upload("fr", b"MZ"))
    assert "something else" in evil.content.decode()
    assert not StoredFile.objects.exists()
    for language in ("fr", "fr", "en"):
        assert client.post(desk, upload(language)).status_code == 302
    assert StoredFile.objects.count() == 2, "the first in French was replaced"
    assert "Statuts.pdf" in client.get(desk).content.decode()
    taken = visitor.get(address(made, "document", language="fr"))
    assert taken["Content-Disposition"] == 'attachment; filename="Statuts.pdf"'
    assert (taken["X-Content-Type-Options"], taken.content[:5]) == ("nosniff", b"%PDF-")
    shown = visitor.get(f"{address(made)}?language=en").content.decode()
    assert address(made, "document", language="en") in shown
    assert "the document alone" in shown
    for language in ("en", "fr"):
        assert client.post(desk, {"remove": language}).status_code == 302
    assert (StoredFile.objects.count(), made.words.get().language) == (0, "fr")
    assert client.post(desk, {"remove": "en"}).status_code == 404
    assert AuditEvent.objects.filter(model="directory.Statutes", fields=["words"]).count() == 5


def test_a_document_goes_with_its_words_and_with_its_version(iwa, client):
    made = version(iwa, 2000)
    desk = reverse("admin:directory_statutes_documents", args=[made.pk])
    client.post(desk, upload("fr"))
    client.post(desk, upload("en"))
    rows = {f"words-{n}-DELETE": "on" for n, words in enumerate(made.words.all()) if words.document}
    save(client, page(Statutes, "change", made), **dict([rows.popitem()]))
    assert (made.words.count(), StoredFile.objects.count()) == (1, 1)
    client.post(page(Statutes, "delete", made), {"post": "yes"})
    assert (Statutes.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_only_the_page_of_documents_takes_files(iwa, client):
    made = version(iwa, 2000)
    large = SimpleUploadedFile("Statuts.pdf", b"0" * 1_200_000)
    sent = {"language": "fr", "document": large}
    desk = reverse("admin:directory_statutes_documents", args=[made.pk])
    assert client.post(page(Statutes, "change", made), sent).status_code == 413
    assert client.post(desk, sent).status_code == 200


# --- for programs ---------------------------------------------------------------------------


def test_the_api_names_the_versions_with_as_many_queries_for_many_as_for_one(
    visitor, iwa, django_assert_max_num_queries
):
    url = "/api/v1/federations/iwa/"
    version(iwa, 2000, words={"en": "A", "fr": "B"})
    with django_assert_max_num_queries(20) as few:
        [only] = visitor.get(url).json()["statutes"]
    version(iwa, source=seen(iwa, 2005))
    with django_assert_max_num_queries(20) as many:
        told = visitor.get(url).json()["statutes"]
    assert len(many) == len(few)
    assert only["languages"] == ["fr", "en"]
    assert [(one["since"], one["seen_on"], one["title"]) for one in told] == [
        ("2000-01-01", None, "Statuts 2000"), (None, "2005-01-01", "Statuts None"),
    ]  # fmt: skip
    assert visitor.get(told[0]["url"]).status_code == 200
