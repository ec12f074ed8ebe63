"""Retakes the pictures of README.md, and those of the newsroom's manuals in each language.

The suite leaves it out. Run it by name: `pytest tests/journeys/manual_pictures.py`.
"""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.newsroom import resume_session
from tests.journeys.pages import PAGES, at
from tests.moving.exports import a_tag, category, export, item

FOLDER = settings.BASE_DIR / "docs" / "screenshots"
SIZE = (1000, 703)
# The sizes of the README's pictures.
WIDE, PHONE = (1280, 1000), (384, 746)
# English picture names end without a language.
ENDINGS = {"en": "", "fr": "-fr", "de": "-de"}
# Milliseconds for the background tasks of the demo's only worker.
WAIT = 60_000
ROLES = ("organiser", "editor", "approver", "siteadmin")
# A story in review, one that was sent back, a draft, and a recap that was sent back. Prints the key of the review.
WORK = """
from django.contrib.auth import get_user_model
from articles.models import ArticlePage
from events.models import RecapPage
from tests.editorial.drafts import answer, backdate, submit

editor, organiser, approver = (
    get_user_model().objects.get(username=f"{role}-lorraine") for role in ("editor", "organiser", "approver")
)


def begin(model, slug, author, title):
    original = model.objects.live().get(slug=slug)
    facts = {"title": title, "draft_title": title, "slug": f"{slug}-2", "owner": author}
    page = original.copy(update_attrs=facts, keep_live=False, copy_revisions=False, user=author)
    page.save_revision(user=author)
    return page


waiting = submit(
    begin(ArticlePage, "mirecourt-luthiers-epicea-local", editor, "Le lycée de Mirecourt ouvre une filière bois"), editor
)
backdate(waiting, days=1)
rejected = begin(ArticlePage, "moselle-fret-fluvial-essais", editor, "Le fret revient sur la Moselle")
answer(submit(rejected, editor), approver, "reject", "D’où vient le chiffre du deuxième paragraphe ?")
begin(ArticlePage, "metz-bureaux-demi-plateaux", editor, "Metz : des bureaux par demi-étages")
recap = begin(RecapPage, "retour-soiree-dernier-kilometre", organiser, "Retour sur la soirée de Nancy")
answer(submit(recap, organiser), approver, "reject", "Combien de personnes sont venues ?")
print(waiting.pk)
"""
LANGUAGE = """
from django.contrib.auth import get_user_model
from wagtail.users.models import UserProfile

for account in get_user_model().objects.filter(username__endswith="-lorraine"):
    UserProfile.objects.update_or_create(user=account, defaults={{"preferred_language": "{language}"}})
"""

# An old site: slugs and names of its categories and tags; its stories with their category, tags and text.
OLD_SITE = "https://journal-du-canal.example"
CATEGORIES = {"ecluses": "Écluses et bateaux", "marches": "Marchés", "portraits": "Portraits", "breves": "En bref"}
TAGS = {"bois": "Bois", "navigation": "Navigation", "patrimoine": "Patrimoine", "velo": "Vélo"}
STORIES = [
    ("L’écluse de Réchicourt rouvre en mai", "ecluses", ("navigation",), "La porte aval a été refaite à Nancy."),
    ("Un remorqueur à voile sur le grand bief", "ecluses", ("navigation", "bois"), "[galerie_du_canal]"),
    (
        "Le pont tournant attend sa peinture",
        "ecluses",
        ("patrimoine",),
        f'<a href="{OLD_SITE}/pont/">Le pont</a> rouille.',
    ),
    ("La halte fluviale compte ses passagers", "ecluses", ("velo",), "Deux tiers arrivent à vélo."),
    ("Le marché du quai change de jour", "marches", ("bois",), "Il se tient désormais le jeudi."),
    (
        "Trois fromagers sous la grande halle",
        "marches",
        (),
        f'<img src="{OLD_SITE}/halle.jpg" alt="La halle"> Ils sont là.',
    ),
    ("Les paniers d’osier font leur retour", "marches", ("patrimoine",), "Une vannière les tresse sur place."),
    ("Portrait : Odile, éclusière depuis trente ans", "portraits", ("navigation",), "Elle connaît chaque vantail."),
    ("Portrait : Karim, charpentier de marine", "portraits", ("bois",), "Il a commencé par des barques."),
    ("Chômage du bief en novembre", "breves", ("navigation",), "Il dure trois semaines."),
]


@pytest.fixture(scope="module")
def review(server, run_on_server) -> str:
    return run_on_server(WORK).strip()


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture.resize(SIZE, Image.Resampling.LANCZOS).save(FOLDER / f"{name}.webp", quality=82)


def test_pictures_of_the_readme_are_taken(server, visit):
    def take_page(name: str, address: str, scheme: str = "light") -> None:
        screen(visit(scheme=scheme, locale="fr-FR"), address, WIDE).save(FOLDER / f"{name}.webp", quality=82)

    saar, lux = at(server, "saar", "/de/"), at(server, "lux", "/fr/")
    take_page("home", f"{server}/fr/")
    take_page("article", server + PAGES["portrait of a person"])
    take_page("saar-dark", saar, "dark")

    phones = Image.new("RGB", (1280, 810), "#eae6e0")
    shown = (
        (lux, "light"),
        (server + PAGES["event that is over"], "dark"),
        (f"{server}/fr/evenements/agenda/", "light"),
    )
    for number, (address, scheme) in enumerate(shown):
        phones.paste(screen(visit(scheme=scheme, locale="fr-FR"), address, PHONE), (32 + number * 416, 32))
    phones.save(FOLDER / "phones.webp", quality=82)


def screen(page: Page, address: str, size: tuple[int, int]) -> Image.Image:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(address, wait_until="networkidle")
    return Image.open(BytesIO(page.screenshot())).convert("RGB")


@pytest.mark.parametrize("language", ENDINGS)
def test_pictures_are_taken(server, visit, run_on_server, review, language):
    run_on_server(LANGUAGE.format(language=language))
    for role in ROLES:
        page = visit(reduced_motion="reduce")
        resume_session(page, server, f"{role}-lorraine")
        page.goto(f"{server}/admin/")
        take(page, f"desk-{role}{ENDINGS[language]}")
        if role == "approver":
            page.goto(f"{server}/admin/newsroom/answer/{review}/")
            take(page, f"review{ENDINGS[language]}")


@pytest.mark.parametrize("language", ENDINGS)
def test_pictures_of_an_import_are_taken(server, visit, run_on_server, tmp_path, language):
    run_on_server(LANGUAGE.format(language=language))
    page, ending = visit(reduced_motion="reduce"), ENDINGS[language]
    resume_session(page, server, "siteadmin-lorraine")
    page.goto(f"{server}/admin/office/moving/begin/")
    page.set_input_files("#id_file", write_old_site(tmp_path))
    take(page, f"import-upload{ending}")

    page.locator("[data-begin-import]").click()
    dry_run, summary = page.locator("button[value=try]"), page.locator("#import-summary")
    expect(dry_run).to_be_visible(timeout=WAIT)
    take(page, f"import-mapping{ending}")
    dry_run.click()
    expect(summary).to_be_visible(timeout=WAIT)
    take(page, f"import-dry-run{ending}")

    # The button is shown once pages are imported and no task is running.
    undo = page.locator("button[value=undo]")
    page.locator("button[value=import]").click()
    expect(undo).to_be_attached(timeout=WAIT)
    imported = page.url
    page.goto(f"{imported}report/")
    take(page, f"import-report{ending}")

    # Undo the import, so that the next language can import the same pages.
    page.goto(imported)
    page.locator("details").filter(has=undo).locator("summary").click()
    undo.click()
    expect(undo).to_have_count(0)
    expect(summary).to_be_visible(timeout=WAIT)


def write_old_site(folder: Path) -> Path:
    stories = [
        item(title, f"<p>{text}</p>", wp_id=number, link=f"{OLD_SITE}/{number}/", categories=(section,), tags=tags)
        for number, (title, section, tags, text) in enumerate(STORIES, 1)
    ]
    terms = [*map(category, CATEGORIES, CATEGORIES.values()), *map(a_tag, TAGS, TAGS.values())]
    path = folder / "journal-du-canal.xml"
    path.write_text(export(*terms, *stories, address=OLD_SITE).replace("Ancien site", "Le Journal du canal", 1))
    return path
