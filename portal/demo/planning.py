"""Planned items in the demo's newsrooms, so that their calendars are not empty."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils.translation import override
from wagtail.models import Site

from articles.models import ArticlePage, PortraitPage
from events.models import EventPage
from portal.content.pages.pages import PortalPage
from portal.editorial.dashboard.write import parents_for
from portal.editorial.planning.items import plan_new_page
from portal.editorial.roles import Role


class DemoPlan(NamedTuple):
    """`days` after the day on which the demo is loaded; the person plans the item for themselves."""

    days: int
    model: type[PortalPage]
    role: Role
    title: str
    note: str = ""


PLANS = {
    "lorraine": (
        DemoPlan(
            0, ArticlePage, Role.EDITOR, "La navette fluviale reprend son service", "Horaires à vérifier au port."
        ),
        DemoPlan(
            2, PortraitPage, Role.EDITOR, "Une apprentie chez le facteur d’orgues", "Photo : atelier, lumière du matin."
        ),
        DemoPlan(
            5, ArticlePage, Role.SITE_ADMINISTRATOR, "Le budget des zones d’activité, expliqué", "Avec un graphique."
        ),
        DemoPlan(9, EventPage, Role.ORGANISER, "Portes ouvertes de la pépinière d’entreprises"),
        DemoPlan(16, ArticlePage, Role.EDITOR, "Un an après : que sont devenues les reprises ?"),
    ),
    "saar": (
        DemoPlan(
            1, ArticlePage, Role.EDITOR, "Die alte Schmelze bekommt neue Mieter", "Rückruf des Architekten abwarten."
        ),
        DemoPlan(4, PortraitPage, Role.EDITOR, "Eine Glasbläserin und ihr Ofen", "Termin im Atelier: Donnerstag."),
        DemoPlan(11, EventPage, Role.ORGANISER, "Abend der offenen Werkstätten"),
    ),
    "lux": (DemoPlan(3, ArticlePage, Role.EDITOR, "Frontaliers : le train de sept heures", "Reportage à bord."),),
}


def add_plans(key: str, site: Site, accounts: dict[Role, Any], today: date) -> None:
    for plan in PLANS.get(key, ()):
        person = accounts[plan.role]
        home = site.root_page
        places = [page for page in parents_for(person, plan.model) if page.path.startswith(home.path)]
        if places:
            facts = {"day": today + timedelta(days=plan.days), "person": person, "note": plan.note, "user": person}
            with override(home.locale.language_code):
                plan_new_page(plan.model, places[0], plan.title, **facts)
