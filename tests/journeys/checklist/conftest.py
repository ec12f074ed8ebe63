"""The page editor of a new story."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.newsroom import resume_session


@pytest.fixture
def open_story(server, visit, run_on_server) -> Callable[[str], Page]:
    """Open the editor of the page whose key this code prints on the server."""

    def opened(code: str) -> Page:
        page = visit()
        resume_session(page, server, "editor-lorraine")
        page.goto(f"{server}/admin/pages/{run_on_server(code).strip()}/edit/")
        return page

    return opened
