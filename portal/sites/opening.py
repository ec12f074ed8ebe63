"""Opens a new site after five steps. Until then it is hidden from search engines and other sites."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.log_actions import log
from wagtail.models import Site

from portal.content.records.listing import Placement
from portal.content.records.settings import SiteSettings
from portal.content.serving.theme import COLOURS
from portal.content.visibility import HOME_DEPTH
from portal.editorial.models import Role
from portal.editorial.roles import groups_of, homes_of, sections_of
from portal.editorial.site_admin.scope import sites_administered
from portal.sites.creation import STARTER_SLUGS, starters
from portal.sites.statutory import has_statutory_pages

OPENED = "portal.site_opened"


@dataclass(frozen=True)
class Step:
    name: Any
    text: Any
    url: str
    is_done: bool


def hidden_sites_of(user: Any) -> list[Site]:
    sites = sites_administered(user).filter(pk__in=SiteSettings.objects.filter(is_unlisted=True).values("site"))
    return list(sites.select_related("root_page").order_by("-pk"))


def steps_of(site: Site) -> list[Step]:
    homes, look = homes_of(site), SiteSettings.for_site(site)
    return [
        Step(
            gettext_lazy("Look"),
            gettext_lazy("The logo, the colours, the text of the footer."),
            reverse("wagtailsettings:edit", args=["core", "sitesettings", site.pk]),
            look.logo_id is not None or (look.brand_colour, look.accent_colour) not in COLOURS.values(),
        ),
        Step(
            gettext_lazy("People"),
            gettext_lazy("At least one person who writes and one who approves."),
            reverse("site_accounts"),
            _has_people(site),
        ),
        Step(
            gettext_lazy("Sections"),
            gettext_lazy("Rename the first one, or add your own."),
            reverse("wagtailadmin_explore", args=[site.root_page_id]),
            _has_sections(site),
        ),
        Step(
            gettext_lazy("First story"),
            gettext_lazy("Written, approved and published."),
            reverse("wagtailadmin_pages:add_subpage", args=[_place_to_write(site)]),
            Placement.objects.filter(above__in=[home.pk for home in homes]).exists(),
        ),
        Step(
            gettext_lazy("Pages that the law requires"),
            gettext_lazy("Complete the drafts (accessibility, legal notice, privacy) and have them published."),
            reverse("wagtailadmin_explore", args=[site.root_page_id]),
            has_statutory_pages(homes),
        ),
    ]


def lacks_steps(site: Site) -> bool:
    return not all(step.is_done for step in steps_of(site))


def _has_people(site: Site) -> bool:
    held = groups_of(site).filter(user__is_active=True).values_list("newsroom_role__role", "user")
    approvers = {user for role, user in held if role == Role.APPROVER}
    return bool(approvers) and bool({user for _role, user in held} - approvers)


def _has_sections(site: Site) -> bool:
    sections = sections_of(site)
    untouched = {starters(language)["section"] for language in STARTER_SLUGS}
    return len(sections) > 1 or any((section.slug, section.title) not in untouched for section in sections)


def _place_to_write(site: Site) -> int:
    sections = sections_of(site)
    return sections[0].pk if sections else site.root_page_id


@require_http_methods(["GET", "HEAD", "POST"])
def open_site(request: HttpRequest, site: int) -> HttpResponse:
    """Open a site whose steps are done. Otherwise list the missing steps, and open it on confirmation."""
    administered = sites_administered(request.user)
    if not administered.exists():
        raise PermissionDenied
    found = get_object_or_404(administered, pk=site)
    settings = SiteSettings.for_site(found)
    if not settings.is_unlisted:
        raise Http404
    steps = steps_of(found)
    missing = [step for step in steps if not step.is_done]
    if request.method == "POST" and (not missing or "all_the_same" in request.POST):
        settings.is_unlisted = False
        settings.save(update_fields=["is_unlisted"])
        log(instance=found, action=OPENED, user=request.user)
        opened = _("%(name)s is open: search engines and the other sites may list it.")
        messages.success(request, opened % {"name": found.site_name})
        return redirect("wagtailadmin_home")
    context = {"site": found, "steps": steps, "missing": missing, "done": len(steps) - len(missing)}
    header = {"page_title": _("Open the site"), "page_subtitle": found.site_name, "header_icon": "site"}
    return render(request, "sites/open_site.html", context | header)


def hidden_site_of(page: Any, user: Any) -> Site | None:
    """The hidden site with this home page, if the user administers it."""
    if page.depth != HOME_DEPTH:
        return None
    return next(
        (site for site in hidden_sites_of(user) if site.root_page.translation_key == page.translation_key), None
    )
