"""A site flooded with forms: the browser computes a proof of work, and the reader's message arrives automatically."""

import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.database_copies import ROOT
from tests.journeys.conftest import wait_for
from tests.sink import free_port

QUESTION = "Où puis-je lire le rapport de l’an dernier ?"


@pytest.fixture
def busy_server(server, environment):
    """A second web server of the demo, for which one form is a flood."""
    port = str(free_port())
    log = Path(environment["DATA_DIR"]) / "busy.log"
    with ExitStack() as stack:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "portal/server.py"],
            cwd=ROOT,
            env={**environment, "PORT": port, "FORMS_AN_HOUR": "0"},
            stdout=stack.enter_context(log.open("w")),
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(f"http://localhost:{port}/fr/", process, log)
            yield f"http://localhost:{port}"
        finally:
            process.terminate()
            process.wait(20)


def filled_in(reader):
    form = reader.locator("main form")
    for field in form.locator("input[type=text]:visible, input:not([type]):visible").all():
        field.fill("Camille")
    for field in form.locator("input[type=email]").all():
        field.fill("camille.busy@reader.example")
    for question in form.locator("fieldset").all():
        question.locator("input[type=radio]").first.check()
    for choice in form.locator("select").all():
        choice.select_option(index=1)
    for box in form.locator("input[type=checkbox]").all():
        box.check()
    form.locator("textarea").first.fill(QUESTION)
    # Forms submitted faster than a person could are rejected.
    reader.wait_for_timeout(2100)
    return form


def test_message_to_a_busy_site_arrives_without_a_second_click(visit, busy_server):
    reader = visit(width=360)
    problems: list[str] = []
    reader.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    reader.goto(f"{busy_server}/fr/contact/")

    form = filled_in(reader)
    form.get_by_role("button").click()

    expect(reader).to_have_url(re.compile("/sent/$"), timeout=10_000)
    assert reader.context.cookies() == []
    assert problems == []


def test_form_opened_before_the_flood_is_sent_again_by_the_script(visit, busy_server):
    reader = visit(width=360)
    reader.goto(f"{busy_server}/fr/contact/")
    # The form now looks as if it was opened before the flood.
    reader.evaluate("document.querySelector('input[data-challenge]').remove()")

    form = filled_in(reader)
    form.evaluate("form => HTMLFormElement.prototype.submit.call(form)")

    expect(reader).to_have_url(re.compile("/sent/$"), timeout=10_000)
