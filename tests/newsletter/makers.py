"""Builders for newsletter tests: a newsletter, its issues, its subscribers."""

import re
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core import mail
from django.utils import timezone, translation

from portal.content.serving.snapshot import snapshot_of
from portal.newsletter.models import ChosenSection, IssuePage, NewsletterPage, Rhythm, Subscriber
from portal.newsletter.subscribers.subscription import hash_of_address
from tests.builders import SampleSite, publish, work_off

_number = count(1)


def make_newsletter(ground: SampleSite, code: str = "", **fields: Any) -> NewsletterPage:
    code = code or ground.language
    fields = {"title": f"La lettre {code}", "slug": "lettre", **fields}
    page = NewsletterPage(locale=ground.homes[code].locale, **fields)
    others = NewsletterPage.objects.filter(path__startswith=ground.homes[ground.language].path)
    if other := others.first():
        page.translation_key = other.translation_key
    return publish(page, ground.homes[code])


def group(title: str, stories: Any = (), events: Any = (), section: Any = None) -> dict[str, Any]:
    entries = [{"page": story.pk, "title": "", "text": ""} for story in stories]
    value = {
        "title": title,
        "section": section.pk if section else None,
        "stories": entries,
        "events": [event.pk for event in events],
    }
    return {"type": "group", "value": value}


def make_issue(newsletter: NewsletterPage, content: Any = (), title: str = "", **fields: Any) -> IssuePage:
    """A published issue, whose sending is queued."""
    title = title or f"Numéro {next(_number)}"
    issue = IssuePage(title=title, slug=f"numero-{next(_number)}", locale=newsletter.locale, **fields)
    issue.content = list(content)
    return publish(issue, newsletter)


def make_subscriber(ground: SampleSite, address: str = "", sections: Any = (), **fields: Any) -> Subscriber:
    """A subscriber who confirmed an hour ago."""
    address = address or f"lectrice-{next(_number)}@reader.example"
    an_hour_ago = timezone.now() - timedelta(hours=1)
    subscriber = Subscriber.objects.create(
        site=ground.site,
        address=address,
        address_hash=hash_of_address(address),
        **{
            "language": ground.language,
            "rhythm": Rhythm.ISSUES,
            "state": Subscriber.State.ACTIVE,
            "asked_at": an_hour_ago,
            "confirmed_at": an_hour_ago,
            **fields,
        },
    )
    ChosenSection.objects.bulk_create(
        ChosenSection(subscriber=subscriber, section_key=section.translation_key) for section in sections
    )
    return subscriber


def edition_of(ground: SampleSite, code: str = ""):
    snapshot = snapshot_of(ground.site.hostname, str(ground.site.port))
    return snapshot.editions[code or ground.language]


def sent_mails() -> list[Any]:
    """Run the queue and return the sent mails."""
    work_off()
    return mail.outbox


def recipients() -> list[str]:
    return sorted(message.to[0] for message in sent_mails())


def html_of(message: Any) -> str:
    return next(part.content for part in message.alternatives if part.mimetype == "text/html")


def links_in(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)


def link_to(text: str, purpose: str) -> str:
    """The path of the first link that contains this segment."""
    return next("/" + link.split("/", 3)[3] for link in links_in(text) if f"/{purpose}/" in link)


def in_french():
    return translation.override("fr")


def ago(**fields: float) -> datetime:
    return timezone.now() - timedelta(**fields)
