"""Documents of a request: added and taken away by the applicant, a few, and not too large."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from federation.files import keeping
from federation.files.refusals import NotTaken
from federation.models import StoredFile
from federation.states import NotOpen, Refused
from membership.entrance import sessions
from membership.models import AffiliationRequest, Document
from membership.requests import documents, workflow
from tests import browsing, files, make
from tests.browsing import browser, text
from tests.race import together
from tests.test_urls import addresses


def upload(name: str = "Statutes.pdf", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or files.pdf())


@pytest.fixture
def draft(iwa):
    return make.request(iwa)


def made_by(client: Client, draft: AffiliationRequest) -> str:
    """The draft was made in this browser; the page of its documents."""
    session = client.session
    session["drafts"] = [sessions.place_of(AffiliationRequest, draft.reference)]
    session.save()
    return f"/requests/{draft.reference}/documents/"


@pytest.fixture
def page(draft, visitor):
    return made_by(visitor, draft)


def add(client, page, *uploads, **more):
    return client.post(page, {"files": list(uploads), **more})


def add_raw(client, page, name: str):
    """As no browser would send it: the name as it stands."""
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = head.encode() + files.pdf() + b"\r\n--b--\r\n"
    return client.post(page, body, content_type="multipart/form-data; boundary=b")


def stored() -> tuple[int, int]:
    return Document.objects.count(), StoredFile.objects.count()


# --- adding and removing --------------------------------------------------------------------


def test_the_applicant_adds_files_sees_them_and_takes_one_away(visitor, page):
    response = add(visitor, page, upload(), upload("Minutes.docx", files.docx()))
    assert response.url == page
    shown = text(visitor, page)
    assert "Statutes.pdf is added." in shown
    assert "Minutes.docx" in shown
    gone = Document.objects.all()[0]
    assert visitor.post(f"{page}{gone.pk}/remove/").url == page
    shown = text(visitor, page)
    assert "The document is removed." in shown
    assert "Statutes.pdf" not in shown
    assert stored() == (1, 1)


def test_a_real_browser_may_send_files_and_a_forged_form_may_not(draft):
    client = browser()
    page = made_by(client, draft)
    assert add(client, page, upload()).status_code == 403
    assert add(client, page, upload(), **browsing.token(client.get(page))).status_code == 302
    assert stored() == (1, 1)


def test_what_is_not_taken_is_named_and_the_others_are_kept(visitor, page):
    evil = upload("Statutes\u202efdp.pdf", b"MZ")
    response = add(visitor, page, upload(), evil, upload("a.svg", b"<svg/>"), upload("b.pdf", b" "))
    shown = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error:" in shown
    assert 'href="#id_files"' in shown
    assert "Statutesfdp.pdf: The file is called .pdf, but is something else." in shown
    assert "a.svg: Only PDF, JPEG, PNG, ODT and DOCX are taken." in shown
    assert stored() == (1, 1)


def test_an_empty_file_and_none_at_all_are_refused(visitor, page):
    empty = SimpleUploadedFile("a.pdf", b"")
    assert "a.pdf: The file is empty." in add(visitor, page, empty).content.decode()
    assert "Choose a file first." in visitor.post(page).content.decode()
    assert stored() == (0, 0)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/<b>a.pdf", "<b>a.pdf"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("%0d%0aX-Evil: 1.pdf", "%0d%0aX-Evil: 1.pdf"),
        ("&quot;&#13;&#10;X-Evil: 1.pdf", '"X-Evil: 1.pdf'),
    ],
)
def test_a_file_name_is_no_path_no_header_and_no_markup(visitor, page, name, shown):
    assert add_raw(visitor, page, name).status_code == 302
    assert "<b>" not in visitor.get(page).content.decode()
    document = Document.objects.get()
    assert document.file.name == shown
    headers = visitor.get(f"{page}{document.pk}/").headers
    assert not {"\r", "\n"} & set(headers["Content-Disposition"])
    assert "X-Evil" not in headers


def test_a_line_break_ends_a_file_name(visitor, page):
    add_raw(visitor, page, 'a.pdf"\r\nX-Evil: 1\r\nx: "')
    assert [document.file.name for document in Document.objects.all()] == ["a.pdf"]


def test_refusals_are_told_apart(draft):
    with pytest.raises(NotTaken):
        documents.attach(draft, upload("a.exe"))
    assert not issubclass(NotTaken, Refused)


def test_five_are_enough(draft):
    for _number in range(5):
        documents.attach(draft, upload())
    with pytest.raises(documents.Enough):
        documents.attach(draft, upload())
    assert stored() == (5, 5)


def test_the_page_says_that_five_are_enough(visitor, page):
    add(visitor, page, *[upload() for _number in range(4)])
    shown = add(visitor, page, upload("a.pdf"), upload("b.pdf")).content.decode()
    assert "b.pdf: There are five documents already" in shown
    assert 'type="file"' not in shown
    assert stored() == (5, 5)


def test_what_was_sent_stays_and_more_may_come_with_an_answer(iwa, draft, coordinator):
    kept = documents.attach(draft, upload())
    sent = workflow.submit_request(draft)
    with pytest.raises(NotOpen):
        documents.attach(sent, upload())
    with pytest.raises(NotOpen):
        documents.remove(kept)
    workflow.ask_back(sent, by=coordinator, note="Please send the minutes.")
    documents.attach(sent, upload("Minutes.pdf"))
    with pytest.raises(NotOpen):
        documents.remove(Document.objects.last())
    assert stored() == (2, 2)


def test_the_state_counts_as_it_is_not_as_it_was_read(draft):
    stale = AffiliationRequest.objects.get(pk=draft.pk)
    workflow.submit_request(draft)
    with pytest.raises(NotOpen):
        documents.attach(stale, upload())
    assert stored() == (0, 0)


def test_an_upload_that_fails_half_way_leaves_nothing(draft, monkeypatch):
    def killed(**fields):
        raise KeyboardInterrupt

    monkeypatch.setattr(Document.objects, "create", killed)
    with pytest.raises(KeyboardInterrupt):
        documents.attach(draft, upload())
    assert stored() == (0, 0)


def test_files_go_before_their_requests(draft):
    documents.attach(draft, upload())
    documents.remove_all([draft])
    draft.delete()
    assert stored() == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_do_not_pass_five():
    draft = make.request(make.federation())
    for _number in range(3):
        make.document(draft)
    results = together(8, lambda number: documents.attach(draft, upload(f"{number}.pdf")))
    assert sum(isinstance(result, Document) for result in results) == 2
    assert sum(isinstance(result, documents.Enough) for result in results) == 6
    assert stored() == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_uploads_at_once_would_pass_five(monkeypatch):
    """The race of the test above is a real one."""
    draft = make.request(make.federation())
    for _number in range(4):
        make.document(draft)
    monkeypatch.setattr(documents, "_locked", lambda request: request)
    keep, counted = keeping.keep, []

    def keep_when_another_has_counted(file):
        if not counted:
            counted.append(True)
            documents.attach(draft, upload())
        return keep(file)

    monkeypatch.setattr(keeping, "keep", keep_when_another_has_counted)
    documents.attach(draft, upload())
    assert stored() == (6, 6)


# --- how much -------------------------------------------------------------------------------


def test_a_request_beyond_the_bound_gets_a_page_that_says_so(visitor, page):
    heavy = upload(content=files.pdf() + bytes(26 * 1024 * 1024))
    response = add(visitor, page, heavy)
    assert response.status_code == 413
    assert "larger than this page takes" in response.content.decode()
    assert stored() == (0, 0)


def test_a_file_of_more_than_10_megabytes_is_named(visitor, page):
    large = upload("Large.pdf", files.pdf() + bytes(10 * 1024 * 1024))
    shown = add(visitor, page, large, upload()).content.decode()
    assert "Large.pdf: The file is larger than 10 MB." in shown
    assert stored() == (1, 1)


@pytest.mark.parametrize("elsewhere", ["/accounts/login/", "/requests/", "/nothing/"])
def test_no_other_page_takes_files(db, visitor, elsewhere):
    response = add(visitor, elsewhere, upload(content=bytes(1_100_000)))
    assert response.status_code == (404 if elsewhere == "/nothing/" else 413)


def test_few_addresses_take_files():
    marked = {
        name
        for name, pattern in addresses()
        if hasattr(getattr(pattern.callback, "view_class", pattern.callback), "most_bytes")
    }
    assert "membership:request_documents" in marked
    # Documents of requests, and the minutes that go with a decision.
    words = ("_document", "-document", "_decision", "_correct", "_move")
    assert [name for name in marked if not any(word in name for word in words)] == []


def test_a_name_beyond_all_measure_is_refused(visitor, page):
    response = add_raw(visitor, page, "é" * 5000 + ".pdf")
    assert response.status_code == 400
    assert stored() == (0, 0)


def test_a_network_may_not_upload_for_ever(visitor, page, monkeypatch):
    monkeypatch.setattr("membership.views.documents.FILES_AN_HOUR", 2)
    answers = [add(visitor, page, upload("a.svg", b"<svg/>")) for _number in range(3)]
    assert [response.status_code for response in answers] == [200, 200, 429]
