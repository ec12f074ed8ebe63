"""The addresses of each kind of page in the demo, and checks that every page must pass."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
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
    "article in two languages": "/fr/developpement-economique/industrie/thionville-fonderie-four-electrique/?beside=de",
    "opinion": "/fr/developpement-economique/reprendre-n-est-pas-un-plan-b/",
    "interview": "/fr/transitions/entretien-ingenieure-ecluses-moselle/",
    "brief": "/fr/transitions/epinal-scierie-sechoir-solaire/",
    "long read": "/fr/developpement-economique/artisanat-commerce/mirecourt-luthiers-epicea-local/",
    "story in pictures": "/fr/developpement-economique/industrie/vologne-un-jour-de-semaine/",
    "story on another site": "/fr/immobilier-entreprise/a-lire-carte-des-friches/",
    "briefs by the hour": "/fr/actualites/?kind=brief",
    "dossier": "/fr/immobilier-entreprise/friches-deuxieme-vie/",
    "live coverage": "/fr/transitions/en-direct-journee-des-ateliers/",
    "portrait of a company": "/fr/developpement-economique/industrie/engrenages-thiebert-pompey/",
    "portrait of a person": "/fr/talents/yasmina-hamrouche-keller-ecole-de-soudage/",
    "portrait in two languages": "/fr/talents/yasmina-hamrouche-keller-ecole-de-soudage/?beside=de",
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
# Elements that are wider than the screen (only scrollable boxes may be), and controls that are cut off at an edge.
BEYOND = """() => {
  const boxes = [document.documentElement, document.body, document.getElementById("main")].filter(Boolean);
  const wide = boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => `${box.tagName} ${box.scrollWidth} > ${box.clientWidth}`);
  const edge = document.documentElement.clientWidth + 1;
  const scrolls = (box) => box.tagName === "MAIN" || !box.closest("main") ? false : ["auto", "scroll"].includes(getComputedStyle(box).overflowX) || scrolls(box.parentElement);
  const isCut = (control) => {
    const { left, right, width } = control.getBoundingClientRect();
    return width > 1 && ((left < -1 && right > 0) || right > edge) && !scrolls(control.parentElement);
  };
  const seen = { checkOpacity: true, checkVisibilityCSS: true };
  const controls = document.querySelectorAll("main :is(a[href], button, input, select, textarea, [contenteditable=true]):not([tabindex='-1'])");
  const cut = [...controls].filter((control) => control.checkVisibility(seen) && isCut(control));
  return [...wide, ...cut.map((control) => control.outerHTML.slice(0, 200))];
}"""
OTHER_SITES = {"saar": "/de/", "lux": "/fr/"}


def at(server: str, site: str, path: str) -> str:
    return server.replace("localhost", f"{site}.localhost") + path


def accessibility_violations(page: Page, *rules: str, within: str = "html") -> list[str]:
    """The violations within the first element that matches `within`: of these rules or tags of axe, or its defaults."""
    # No rule here needs frames or preloaded files.
    options: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False, "preload": False}
    if rules:
        options["runOnly"] = list(rules)
    # During a transition, a button has colours of neither theme.
    page.wait_for_function("() => document.getAnimations().every((each) => !(each instanceof CSSTransition))")
    # This replaces Wagtail's axe in the newsroom's forms, which only has its rules for texts.
    page.evaluate(AXE_SCRIPT)
    run = "([within, options]) => axe.run(document.querySelector(within), options).then(({ violations }) => violations)"
    found = page.evaluate(run, [within, options])
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def press_until_focused(page: Page, key: str, selector: str, most: int = 60) -> None:
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {key}")


def is_blocked(text: str) -> bool:
    """Whether a console message reports something blocked by a policy."""
    return any(
        policy in text for policy in ("Content Security Policy", "Content-Security-Policy", "Permissions-Policy")
    )
