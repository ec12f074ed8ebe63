"""Builds live coverages and their entries, and reads them as a reader sees them."""

from datetime import datetime
from typing import Any

from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from articles.live.approving import approve, submit
from articles.models import LiveEntry, LivePage, LiveText
from tests.builders import SampleSite, unsaved
from tests.publishing import publish


def make_live(parent: Page, title: str = "La nuit des ateliers", **facts: Any) -> LivePage:
    return publish(unsaved(LivePage, parent, title, **facts), parent)


def make_entry(
    page: LivePage, text: str = "Les portes ouvrent.", at: datetime | None = None, **facts: Any
) -> LiveEntry:
    """An approved entry, without people."""
    at = at or timezone.now()
    entry = LiveEntry.objects.create(page=page, created_at=at, published_at=at, is_pinned=facts.pop("is_pinned", False))
    LiveText.objects.create(
        entry=entry, text=f"<p>{text}</p>", state=LiveText.State.SHOWN, written_at=at, approved_at=at, **facts
    )
    return entry


def written(page: LivePage, user: Any, text: str = "Les portes ouvrent.", entry: LiveEntry | None = None) -> LiveText:
    return submit(page, user, "", f"<p>{text}</p>", entry)


def approved(page: LivePage, author: Any, approver: Any, text: str, entry: LiveEntry | None = None) -> LiveText:
    found = written(page, author, text, entry)
    approve(found, approver, timezone.now())
    return found


def entries(ground: SampleSite, page: Page, rest: str = "") -> list[str]:
    """The texts of the entries that a reader sees, in order."""
    return [text.get_text(" ", strip=True) for text in read(ground, page, rest).select(".live-entry__text")]


def read(ground: SampleSite, page: Page, rest: str = "") -> BeautifulSoup:
    response = ground.reader().get(ground.address(page, rest))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def desk(client: Client, page: LivePage) -> BeautifulSoup:
    response = client.get(reverse("live:entries", args=[page.pk]))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def send(client: Client, page: LivePage, text: str, title: str = "") -> Any:
    content = f'{{"blocks": [{{"key": "a", "text": "{text}", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}}], "entityMap": {{}}}}'
    return client.post(reverse("live:entries", args=[page.pk]), {"title": title, "text": content})


def act(client: Client, entry: LiveEntry, action: str, text: LiveText | None = None) -> str:
    """Press a button of an entry; returns the message above the page."""
    data = {"text": text.pk} if text else {}
    response = client.post(reverse("live:entry_act", args=[entry.pk, action]), data)
    assert response.status_code == 302
    return " ".join(str(message) for message in get_messages(response.wsgi_request))
