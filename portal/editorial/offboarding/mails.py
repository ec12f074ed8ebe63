"""Emails to a person who has left and to the people who take over."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, override
from wagtail.models import Site

from portal.accounts.names import name_of
from portal.content.mail import compose, deliver, serialize
from portal.editorial.mails.page_mails import admin_url
from portal.editorial.offboarding.words import handed_over_in_words
from portal.editorial.people import language_of
from portal.platform.tasks.durable import mailing


@mailing
def send_farewell(pk: int, actor: int, sites: list[int], closed: bool, had_factors: bool) -> None:
    """Email the person who has left; `sites` are those where one of their roles has ended."""
    people = get_user_model().objects.in_bulk([pk, actor])
    found = list(Site.objects.filter(pk__in=sites).order_by("site_name", "pk"))
    names = [str(site.site_name or site.hostname) for site in found]
    site, who = found[0] if len(found) == 1 else None, name_of(people.get(actor))
    _send("account_left", people.get(pk), site, who=who, sites=names, closed=closed, had_factors=had_factors)


@mailing
def send_takeover(holder: int, pk: int, site: int, counts: dict[str, int]) -> None:
    people = get_user_model().objects.in_bulk([pk, holder])
    found, left = Site.objects.filter(pk=site).first(), name_of(people.get(pk))
    link, label = admin_url(reverse("wagtailadmin_home")), _("Open the newsroom")
    _send("account_taken_over", people.get(holder), found, counts, left=left, link=link, link_label=label)


def _send(
    template: str, account: Any, site: Site | None, counts: Mapping[str, int] | None = None, **facts: Any
) -> None:
    if account is None or not account.email:
        return
    language = language_of(account, site) or settings.LANGUAGE_CODE
    with override(language):
        context = {"account": account, "lines": handed_over_in_words(counts or {}), **facts}
        mail = compose(template, context, to=account.email, language=language, site=site)
    deliver.func(serialize(mail))
