"""The addresses of each kind of page in the demo, and checks that every page must pass."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PAGES = {
    "home": "/fr/",
    "section": "/fr/developpement-economique/",
    "sub-section": "/fr/developpement-economique/industrie/",
    "list of stories": "/fr/actualites/",
    "filtered list": "/fr/actualites/?kind=portrait&topic=industrie",
    "list of events": "/fr/calendrier/",
    "calendar of a section": "/fr/evenements/agenda/?when=past",
    "article": "/fr/developpement-economique/industrie/thionville-fonderie-four-electrique/",
    "portrait of a company": "/fr/developpement-economique/industrie/engrenages-thiebert-pompey/",
    "portrait of a person": "/fr/talents/yasmina-hamrouche-keller-ecole-de-soudage/",
    "event that is over": "/fr/evenements/agenda/rencontres-chaleur-fatale-thionville/",
    "event to come": "/fr/evenements/agenda/semaine-metiers-du-bois/",
    "recap": "/fr/evenements/agenda/retour-rencontres-chaleur-fatale/",
    "newsletter": "/fr/lettre/la-chaleur-qui-revient/",
    "page": "/fr/a-propos/",
    "author": "/fr/auteurs/sarah-benali/",
    "topic": "/fr/themes/energie/",
    "authors": "/fr/auteurs/",
    "topics": "/fr/themes/",
    "form": "/fr/contact/",
    "accessibility statement": "/fr/accessibilite/",
    "privacy notice": "/fr/donnees-personnelles/",
    "site map": "/fr/plan-du-site/",
    "search": "/fr/recherche/?q=chaleur+usine",
    "search with choices": "/fr/recherche/?q=entreprise&sites=all&languages=all&kind=article",
    "search for nothing": "/fr/recherche/?q=xyzzy",
    "not found": "/fr/rien-ici/",
}
OTHER_SITES = {"saar": "/de/", "lux": "/fr/"}


def at(server: str, site: str, path: str) -> str:
    return server.replace("localhost", f"{site}.localhost") + path


def accessibility_violations(page: Page, *rules: str) -> list[str]:
    """The violations of these axe rules, or of all rules."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def is_blocked(text: str) -> bool:
    """Whether a console message says that a policy blocked something."""
    return any(
        policy in text for policy in ("Content Security Policy", "Content-Security-Policy", "Permissions-Policy")
    )
