"""Fixtures for tests in a real browser: the demo network on the production server, with its own database."""

import secrets
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.database_copies import ROOT, installed
from tests.journeys.console import Console
from tests.journeys.mailbox import Mailbox
from tests.journeys.newsroom import resume_session
from tests.sink import free_port, open_sink

# The headless build is preferred, because the build with windows uses much more CPU.
WITHOUT_WINDOW = "chromium-headless-shell"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TIMEOUT = 15_000
# If more journeys fail, they are not repeated in one run.
REPETITIONS = 20
DRAFTS = """
from django.contrib.auth import get_user_model
from articles.models import ArticlePage
model = ArticlePage.objects.live().get(slug="thionville-fonderie-four-electrique")
owner = get_user_model().objects.get(username="editor-lorraine")
for number in range(%d):
    texts = {"title": f"Brouillon {number}", "slug": f"brouillon-{number}", "owner": owner}
    print(model.copy(update_attrs=texts, keep_live=False, copy_revisions=False).pk)
"""

END_REVIEWS = """
from wagtail.models import TaskState, WorkflowState
TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).update(status=TaskState.STATUS_CANCELLED)
WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS).update(status=WorkflowState.STATUS_CANCELLED)
"""


def pytest_collection_modifyitems(items):
    here = f"{Path(__file__).parent}/"
    for item in (item for item in items if str(item.path).startswith(here)):
        item.add_marker(pytest.mark.journey)
        # Browser, server and database share two cores. So a journey that timed out is repeated, and reported (-ra).
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["TimeoutError", "Locator expected", "Page expected"]))


# Scope "package": while Playwright's event loop runs, Django opens a second connection to the test database, which is
# never closed.


@pytest.fixture(scope="package")
def demo_installation(django_db_setup, django_db_blocker, tmp_path_factory):
    """A migrated database and a data folder for the demo."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            found = stack.enter_context(installed(tmp_path_factory.mktemp("portal")))
        yield found
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture(scope="package")
def mail_server():
    """A mail server that receives every email from the portal."""
    with open_sink() as sink:
        yield sink


@pytest.fixture(scope="package")
def mailbox(mail_server):
    """The emails on that server, with a method that waits for one."""
    return Mailbox(mail_server)


@pytest.fixture(scope="package")
def environment(demo_installation, mail_server):
    """The environment variables of the demo, with a free port."""
    port = free_port()
    return {
        **demo_installation.environment,
        "PORT": str(port),
        "SECRET_KEY": "a-key-for-the-journeys-that-signs-nothing-of-value",
        "ADMIN_BASE_URL": f"http://localhost:{port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_server.port}",
        "UPLOAD_SCANNER": "portal.media.scanning.unscanned",
    }


@pytest.fixture(scope="package")
def run_on_server(environment):
    """Returns a function that runs Python code in the installation and returns its output."""
    console = Console(environment)
    yield console.run
    console.close()


@pytest.fixture(scope="package")
def server(chromium, environment):
    """The address of the running demo, such as http://localhost:41234."""
    port = environment["PORT"]
    log = Path(environment["DATA_DIR"]) / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", port],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    address = f"http://localhost:{port}"
    try:
        wait_for(f"{address}/fr/", process, log)
        yield address
    finally:
        process.terminate()
        # It finishes requests in progress, for up to 30 seconds.
        process.wait(45)


def wait_for(address: str, process: subprocess.Popen, log: Path, seconds: int = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server stopped:\n{log.read_text()[-3000:]}")
        try:
            urllib.request.urlopen(address, timeout=10)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"no answer within {seconds} s:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="package")
def chromium(demo_installation):
    """The browser; started after the database is copied, since Playwright's loop would keep a connection open."""
    executable = next((path for name in (WITHOUT_WINDOW, *BROWSERS) if (path := shutil.which(name))), None)
    if executable is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def photo(tmp_path):
    """A photo that was never uploaded: for duplicates, Wagtail asks which one to keep."""
    file = tmp_path / "photo.jpg"
    # This does not use the run's random seed, because the seed is the same when the journey is repeated.
    turned = Image.linear_gradient("L").rotate(secrets.randbelow(9_000) / 100)
    turned.resize((1600, 1067)).convert("RGB").save(file, "JPEG")
    return file


@pytest.fixture
def visit(chromium):
    """Returns a function that opens a browser window with its own cookies, as another person."""
    contexts = []

    def open_window(width: int = 1280, scheme: str = "light", locale: str = "en-GB", **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale, **options
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture(scope="package")
def drafts(request, server, run_on_server):
    """Addresses of fresh drafts: one for each test that takes one, and some for repetitions."""
    number = sum("drafts" in getattr(item, "fixturenames", ()) for item in request.session.items)
    return [f"{server}/admin/pages/{key}/edit/" for key in run_on_server(DRAFTS % (number + REPETITIONS)).split()]


@pytest.fixture
def draft(drafts) -> str:
    return drafts.pop()


@pytest.fixture
def no_reviews(run_on_server):
    """No page waits for a review. The dashboard lists the ten oldest reviews, and other journeys leave some behind."""
    run_on_server(END_REVIEWS)


@pytest.fixture
def editor(server, visit, draft) -> Page:
    """The window of an editor who has opened the draft."""
    page = visit()
    resume_session(page, server, "editor-lorraine")
    page.goto(draft)
    return page
