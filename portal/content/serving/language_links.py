"""Language links: the same page in the other languages of its site."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from wagtail.models import Page

from portal.content.serving.editions import LIST_WORDS, Edition, TrailStep
from portal.content.visibility import below, unexpired

NAMES = dict(settings.LANGUAGES)


@dataclass(frozen=True)
class LanguageLink:
    """A link of the language switcher. Without `is_translation` it leads to the nearest section or the home page."""

    language: str
    name: str
    url: str
    is_current: bool
    is_translation: bool


def language_links_of(page: Page | None, edition: Edition) -> list[LanguageLink]:
    """One link per language of the site; none for a site with one language.

    If the page has no translation, the link leads to the nearest translated section above it or to the home page.
    """
    if len(edition.languages) < 2:
        return []
    nearest: dict[str, TrailStep] = {}
    for step in sorted(getattr(page, "translations", ()), key=lambda step: len(step.path)):
        code = next(code for code, home in edition.homes.items() if step.path.startswith(home.path))
        nearest[code] = step
    result = []
    for code in edition.languages:
        current = code == edition.language
        home = edition.homes[code]
        target: Page | TrailStep = page if current and page else nearest.get(code, home)
        exact = current or (target.translation_key == page.translation_key if page else True)
        url = f"/{code}/{target.url_path[len(home.url_path) :]}"
        result.append(LanguageLink(code, NAMES[code], url, current, exact))
    return result


def links_between(urls: Mapping[str, str], edition: Edition) -> list[LanguageLink]:
    """One link per language of the site, for a view that is not a page.

    A language without a URL links to its home page.
    """
    if len(edition.languages) < 2:
        return []
    return [
        LanguageLink(code, NAMES[code], urls.get(code, f"/{code}/"), code == edition.language, code in urls)
        for code in edition.languages
    ]


def links_of_list(links: list[LanguageLink], which: str) -> list[LanguageLink]:
    """The language links of a page's full `news` or `events` list, derived from the page's own."""
    return [
        replace(link, url=f"{link.url}{LIST_WORDS[link.language][which]}/") if link.is_translation else link
        for link in links
    ]


def visible_in_other_languages(edition: Edition, now: datetime) -> QuerySet[Page]:
    return visible_below(other_homes(edition), edition.private_paths, now)


def other_homes(edition: Edition) -> tuple[str, ...]:
    return tuple(home.path for code, home in edition.homes.items() if code != edition.language)


def visible_below(homes: Iterable[str], private: Iterable[str], now: datetime) -> QuerySet[Page]:
    """The pages below these home pages that readers may see at `now`; `private` has the tree paths of private pages."""
    # An alias is not a translation: it shows text in another language.
    pages = Page.objects.live().filter(below(homes), unexpired(now), alias_of=None)
    return pages.exclude(below(private)).order_by()
