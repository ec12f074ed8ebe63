"""Finds the page at a URL: one query for the whole trail and one for the page itself."""

from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from portal.content import upstream
from portal.content.records.people import Person
from portal.content.serving.editions import CATALOGUE_WORDS, STEP_COLUMNS, Edition, TrailStep
from portal.content.serving.language_links import other_homes, visible_below
from portal.content.serving.served import ServedPage
from portal.platform.operation.compiled import compiled_query

# No tree is deeper and no slug longer, so a longer path gets 404 without a query.
MAX_STEPS = 12
LONGEST_STEP = 255


def route(request: HttpRequest, edition: Edition, path: str, now: datetime) -> RouteResult:
    """Return the page at `path` (below the language) with its view arguments. Raises Http404 if there is none."""
    page, rest = page_at(edition, path, now)
    return page.route(request, rest)


def page_at(edition: Edition, path: str, now: datetime) -> tuple[Page, list[str]]:
    """Return the last page on a path and the remaining steps. Raises Http404 if the page has no route for them."""
    steps = [step for step in path.split("/") if step]
    if "\0" in path or len(steps) > MAX_STEPS or any(len(step) > LONGEST_STEP for step in steps):
        raise Http404
    trail, translations = _trail(edition, steps, now)
    rest = steps[len(trail) - 1 :]
    model = ContentType.objects.get_for_id(trail[-1].content_type_id).model_class()
    if model is None or (rest and issubclass(model, ServedPage) and not model.has_route_below(rest, edition)):
        raise Http404
    page = _page_of(trail[-1], model)
    if isinstance(page, ServedPage):
        page.trail = (*trail[:-1], page)
        page.translations = translations
        page.is_known_public = page.alias_of_id is None and not edition.is_private(page.path)
        page.check_served_in(edition, now)
    return page, rest


def full_address(request: HttpRequest, edition: Edition) -> str | None:
    """The canonical URL of a request with doubled slashes or no language; None if there is no page."""
    steps = [step for step in request.path_info.split("/") if step]
    if steps[:1] == [edition.language]:
        if "//" not in request.path_info:
            return None
        steps = steps[1:]
    if not steps or "." in steps[-1] or steps[0].startswith("_"):
        return None
    path = "/".join(steps) + "/"
    try:
        if not is_of_a_record(edition, steps):
            route(request, edition, path, timezone.now())
    except Http404:
        return None
    query = request.META.get("QUERY_STRING", "")
    return quote(f"{edition.home_url}{path}") + (f"?{query}" if query else "")


def is_of_a_record(edition: Edition, steps: list[str]) -> bool:
    """Whether a topic's or person's page in the edition is at these path steps, or a venue's may be."""
    words = CATALOGUE_WORDS[edition.language]
    if len(steps) != 2 or steps[0] not in words.values():
        return False
    if steps[0] == words["topics"]:
        return edition.topic_at(steps[1]) is not None
    if steps[0] == words["sites"]:
        return False
    if steps[0] == words["venues"]:
        # The key of a venue is at the end; its page decides.
        return steps[1].rpartition("-")[2].isdecimal()
    return Person.objects.available_at(edition.site).filter(slug=steps[1], has_page=True).exists()


def _trail(edition: Edition, steps: list[str], now: datetime) -> tuple[list[TrailStep], list[TrailStep]]:
    """Return the existing pages from the home page down, and their translations that readers may see."""
    if not steps:
        return [_first_step(edition)], []
    home = edition.home
    wanted = [home.url_path + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]
    rows = _steps(steps, wanted, now, home=home.path, others=other_homes(edition), private=edition.private_paths)
    found = [TrailStep(*row) for row in rows]
    by_address = {step.url_path: step for step in found if step.path.startswith(home.path)}
    trail = [_first_step(edition)]
    for address in wanted:
        if address not in by_address:
            break
        trail.append(by_address[address])
    return trail, [step for step in found if not step.path.startswith(home.path)]


@compiled_query
def _steps(
    slugs: Any, addresses: Any, now: Any, *, home: str, others: tuple[str, ...], private: tuple[str, ...]
) -> QuerySet[Page, Any]:
    # `slug` has an index; `url_path` has none.
    pages = Page.objects.filter(slug__in=slugs, url_path__in=addresses, path__startswith=home).order_by()
    rows = pages.values_list(*STEP_COLUMNS)
    if not others:
        return rows
    translations = visible_below(others, private, now).filter(translation_key__in=pages.values("translation_key"))
    return rows.union(translations.values_list(*STEP_COLUMNS), all=True)


def _first_step(edition: Edition) -> TrailStep:
    return TrailStep(*(getattr(edition.home, column) for column in STEP_COLUMNS))


def _page_of(step: TrailStep, model: type[Page]) -> Page:
    if not issubclass(model, ServedPage):
        return get_object_or_404(Page, pk=step.pk).specific
    for page in _page(step.pk, model=model):
        return cast(Page, page)
    raise Http404


@compiled_query
def _page(key: Any, *, model: type[ServedPage]) -> QuerySet[ServedPage]:
    return model.objects.select_related(*model.served_select_related).filter(pk=key).order_by()


def set_route(request: HttpRequest, edition: Edition, path: str) -> None:
    upstream.set_route(request, route(request, edition, path, timezone.now()))
