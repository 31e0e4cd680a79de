"""The page to try the API on, in a real browser under the policy of the site."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import sync_playwright

from federation.api_docs import described
from tests import make
from tests.environment import chromium
from tests.server import serving
from tests.test_browser import AXE, RULES, WATCH

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(tmp_path):
    make.affiliation(make.organisation("Örestad", "SE"), make.federation("iwa"))
    with serving(tmp_path) as site, sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        page = browser.new_page(base_url=site)
        page.add_init_script(WATCH)
        page.goto(reverse("api-docs"))
        yield page
        browser.close()


def try_it(page, address, **asked):
    section = page.locator(f"section[aria-labelledby={address}]")
    section.locator("summary", has_text="Try it").click()
    for name, value in asked.items():
        section.get_by_label(name, exact=True).fill(value)
    section.get_by_role("button").click()
    section.locator(".api__answer").wait_for()
    return section.get_by_role("status").inner_text(), section.locator("pre").last.inner_text()


@pytest.mark.browser
def test_a_question_is_asked_and_answered_in_place(page):
    status, answer = try_it(page, "organisations_list", country="SE", q="orestad")
    assert status == "200 OK – /api/v1/organisations/?country=SE&q=orestad"
    assert '"slug": "orestad"' in answer
    status, answer = try_it(page, "federations_retrieve", slug="a/b ?")
    assert status.startswith("404 Not Found – /api/v1/federations/a%2Fb%20%3F/")
    assert '"status": 404' in answer
    assert page.evaluate("window.violations") == []
    page.evaluate(AXE)
    assert page.evaluate("rules => axe.run(document, rules)", RULES)["violations"] == []


def test_every_address_shape_and_example_is_explained(visitor, iwa):
    make.affiliation(make.organisation("Örestad", "SE"), iwa)
    answer = visitor.get(reverse("api-docs"))
    text = answer.content.decode()
    addresses, acts, shapes = described()
    schema = visitor.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    assert {one.path for one in (*addresses, *acts)} == schema["paths"].keys()
    assert all(f'id="{one.name}"' in text for one in [*addresses, *acts, *shapes])
    examples = [example for _address, example in answer.context["addresses"] if example]
    assert len(examples) == 8
    assert [visitor.get(example).status_code for example in examples] == [200] * 8
    assert all(field.takes or field.shape for shape in shapes for field in shape.fields)
