"""The checklist's advice about broken links to other sites."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from portal.editorial.approval.checklist import ChecklistLine, Finding, Level
from portal.formats.words import in_words
from portal.links.extracting import outgoing_links
from portal.links.models import CheckedLink

BROKEN_LINKS = ChecklistLine("broken_link", gettext_lazy("Broken links to other sites"), lambda model: Level.ADVICE)


def broken_links(page: Any) -> Iterator[Finding]:
    links = outgoing_links(page)
    for link in CheckedLink.objects.broken().filter(url__in=links).order_by("pk") if links else ():
        words = {"url": link.url, "day": in_words(link.broken_since.date()) if link.broken_since else ""}
        text = _("Another address for the link %(url)s, which has been broken since %(day)s.")
        yield Finding("broken_link", text % words, f"{links[link.url]}#link-{link.pk}", address=link.url)
