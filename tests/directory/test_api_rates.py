"""How often a network may read, and that everybody's program may."""

import multiprocessing
import stat
import threading

import pytest

from federation import rates

pytestmark = pytest.mark.django_db
LIST = "/api/v1/federations/"
HERE = {"REMOTE_ADDR": "198.51.100.7"}
NEIGHBOUR = {"REMOTE_ADDR": "198.51.100.99"}
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def counts(tmp_path, monkeypatch):
    """A table of this test alone."""
    made = rates.Counts(tmp_path / "rates")
    monkeypatch.setattr("federation.rates._counts", made)
    return made


@pytest.fixture
def three(counts, settings):
    settings.API_RATE = 3


def test_a_network_that_asked_too_often_is_told_when_to_come_back(visitor, three):
    left = [visitor.get(LIST, **HERE).headers["RateLimit"] for _ in range(3)]
    assert left == ['"read";r=2;t=20', '"read";r=1;t=40', '"read";r=0;t=60']
    answer = visitor.get(LIST, **NEIGHBOUR)
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "application/problem+json")
    assert 19 <= int(answer.headers["Retry-After"]) <= 20
    assert answer.headers["RateLimit-Policy"] == '"read";q=3;w=60'
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json()["title"] == "Too Many Requests"
    assert visitor.get(LIST, **ELSEWHERE).status_code == 200


@pytest.mark.parametrize("path", [LIST, "/api/nothing", "/organisations.atom"])
def test_all_that_machines_read_is_counted_and_pages_are_not(visitor, three, path):
    assert visitor.get(path, **HERE).headers["RateLimit"] == '"read";r=2;t=20'
    for page in ("/organisations/", "/federations/", "/api/docs/"):
        assert "RateLimit" not in visitor.get(page, **HERE).headers


def test_a_whole_list_counts_as_ten_requests(visitor, counts, settings):
    settings.API_RATE = 25
    asked = [visitor.get("/organisations.csv", **HERE) for _ in range(3)]
    assert [answer.status_code for answer in asked] == [200, 200, 429]
    assert asked[1].headers["RateLimit"].startswith('"read";r=5;')
    assert visitor.get(LIST, **HERE).status_code == 200


def test_what_is_kept_is_counted_too(visitor, three, settings):
    settings.KEEP_PAGES = True
    codes = [visitor.get(LIST, **HERE).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


def test_counting_writes_nothing_to_the_database(visitor, three, django_assert_num_queries):
    for _ in range(3):
        visitor.get(LIST, **HERE)
    with django_assert_num_queries(0):
        assert visitor.get(LIST, **HERE).status_code == 429


def test_without_a_number_nobody_is_counted(visitor, counts, settings):
    settings.API_RATE = 0
    assert "RateLimit" not in visitor.get(LIST, **HERE).headers


def test_the_machine_itself_is_counted_only_where_a_number_was_set(visitor, three, settings):
    for _ in range(5):
        assert visitor.get(LIST).status_code == 200
    settings.API_SPARES_LOOPBACK = False
    assert [visitor.get(LIST).status_code for _ in range(4)][3] == 429


def test_an_allowance_refills_evenly_and_refusals_cost_nothing(counts):
    spent = [counts.spend("a", 60, 1000).is_spent for _ in range(70)]
    assert spent == [False] * 60 + [True] * 10
    assert counts.spend("a", 60, 1000).wait == 1
    assert [counts.spend("a", 60, 1002).is_spent for _ in range(3)] == [False, False, True]
    assert counts.spend("a", 60, 2000).left == 59


def test_a_clock_that_goes_back_refills_nothing_and_locks_nobody_out(counts):
    assert counts.spend("a", 2, 1000).left == 1
    assert counts.spend("a", 2, 10).left == 0
    assert counts.spend("a", 2, 11).is_spent
    assert not counts.spend("a", 2, 80).is_spent


def ask_often(path, times):
    counts = rates.Counts(path)
    for _ in range(times):
        counts.spend("a", 10_000, 1000)


def test_workers_and_their_threads_count_together(tmp_path):
    path = tmp_path / "rates"
    mine = rates.Counts(path)
    workers = [
        multiprocessing.get_context("spawn").Process(target=ask_often, args=(path, 500))
        for _ in range(2)
    ]
    threads = [
        threading.Thread(target=lambda: [mine.spend("a", 10_000, 1000) for _ in range(500)])
        for _ in range(2)
    ]
    for one in (*workers, *threads):
        one.start()
    for one in (*workers, *threads):
        one.join()
    assert mine.spend("a", 10_000, 1000).left == 10_000 - 2_001


def test_the_table_does_not_grow_and_names_no_network(tmp_path):
    path = tmp_path / "rates"
    counts = rates.Counts(path)
    size = path.stat().st_size
    for number in range(2000):
        counts.spend(f"198.51.{number}.0/24", 5, 1000)
    assert path.stat().st_size == size < 2_000_000
    assert b"198.51" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_not_ours_is_not_used(tmp_path):
    (tmp_path / "theirs").write_bytes(b"")
    (tmp_path / "rates").symlink_to(tmp_path / "theirs")
    with pytest.raises(OSError, match="symbolic links"):
        rates.Counts(tmp_path / "rates")


def test_where_no_file_can_be_had_each_worker_counts_alone(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("federation.rates._counts", None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    assert rates.counts().spend("a", 2, 1000).left == 1
    assert "Workers count requests apart" in caplog.text


# --- manners --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [LIST, "/api/v1/organisations/nobody/", "/organisations.json"])
def test_other_sites_may_ask_first_whether_they_may_read(client, db, path):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    answer = client.options(path, headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/organisations/", "/accounts/login/", "/api/docs/", "/healthz"])
def test_pages_are_not_open_to_other_sites(visitor, db, path):
    answer = visitor.get(path, headers={"Origin": "https://example.org"})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_head_is_answered_like_a_get_without_its_body(visitor, iwa):
    get, head = visitor.get(LIST), visitor.head(LIST)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == get.headers["ETag"]


@pytest.mark.django_db(transaction=True)  # the version is counted once in a transaction
def test_who_has_the_answer_is_told_so_until_something_changes(visitor, iwa):
    first = visitor.get(LIST)
    known = {"If-None-Match": first.headers["ETag"]}
    again = visitor.get(LIST, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    iwa.acronym = "NEW"
    iwa.save()
    assert visitor.get(LIST, headers=known).json()["results"][0]["acronym"] == "NEW"
