"""Every page of the newsroom is in the language of its user."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import polib
import pytest
import wagtail
import wagtail_localize
from django.conf import settings as django_settings
from django.template import Context, Template
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.utils.translation.trans_real import DjangoTranslation, translation
from wagtail.models import Page, Task
from wagtail.users.models import UserProfile

from portal.editorial.roles import Role
from portal.editorial.schedule.scheduling import run_schedule
from tests.builders import make_article, make_member, make_newsroom, make_section_member, make_site, newsroom_client
from tests.checkers.shown_words import is_foreign, shown_texts
from tests.separation.planting import Planted, plant
from tests.separation.routes import addresses, newsroom_routes
from tests.separation.visiting import undone, visiting

LANGUAGES = ("fr", "de")
# The default names for a site's records, in English.
NAMES = ("Own: section", "Own: approval")


@pytest.fixture(scope="module")
def planted(module_db, tmp_path_factory) -> Iterator[Planted]:
    """A site with a record of every kind, so that every page of its newsroom has something to show."""
    with (
        override_settings(
            MEDIA_ROOT=tmp_path_factory.mktemp("media"), WAGTAILSEARCH_BACKENDS=django_settings.WAGTAILSEARCH_BACKENDS
        ),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("portal.editorial.approval.completeness._refuse_incomplete", lambda page: None)
        # The page that a fresh Wagtail installation has.
        Page.objects.filter(title__startswith="Welcome").delete()
        ground = make_site("own.localhost", ("fr", "de"))
        people = make_newsroom(ground)
        people[Role.REVIEWER] = make_section_member(ground, Role.REVIEWER)
        found = plant(ground, people, "a")
        for task, name in zip(Task.objects.filter(workflow_tasks__workflow=found["workflow"]), NAMES, strict=True):
            task.name = name
            task.save()
        yield found


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    return request.param


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_newsroom_is_in_english_or_names_wagtail(planted, db, language):
    """As seen by a network administrator; `test_leaks.py` checks the pages of other roles."""
    person = make_member("network", is_superuser=True)
    found: dict[str, str] = {}
    with visiting(planted.ground, person, language) as visitor:
        for route in newsroom_routes():
            for address in addresses(route, planted, max_kinds=1):
                with undone():
                    visitor.get(address)
                    for piece in filter(is_foreign, shown_texts(visitor.response)):
                        found.setdefault(piece, address)

    assert found == {}


# Words that are the same in English and in the other language, or that editors never see.
SAME = {
    "fr": """Action|Actions|Alias|App|Code|Collection|Collections|Date|Description|Document|Documents|Format|ID|Image|Images|Maximum
        |Minimum|Notifications|Page|Pages|Pagination|Parent|Public|Site|Sites|Source|Type|URL|Wagtail API v2|Wagtail API v3|Wagtail typed table block
        |collection|collections|description|document|documents|image|images|page|pages|permission|port|site|sites|slug|0 minutes
        |1 page|%(count)s document|%(count)s image|%(model)s permissions|%(num)s min|%(num)s pixel|%(num_pages)d page
        |%(num_parent_objects)d page""",
    "de": """(optional)|Administrator|Alias|App|Code|Format|ID|Layout|Link|Maximum|Minimum|Name|Status|Status %(status)s|Status:|System|Token|URL|Wagtail API v2|Wagtail typed table block""",
}
PLACES_ONLY = re.compile(r"(?:%\(\w+\)s[ :-]*)+")
# These apps are not installed here, or their strings are never shown to people.
ASIDE = {"styleguide", "simple_translation", "search_promotions", "frontend_cache", "sitemaps", "locales"}


def sources() -> Iterator[Path]:
    """The English catalogues of Wagtail and wagtail-localize, which contain all strings that they show."""
    for package in (wagtail, wagtail_localize):
        folder = Path(package.__file__).parent
        yield from (
            path
            for path in folder.glob("**/locale/en/LC_MESSAGES/django*.po")
            if not ASIDE & set(path.relative_to(folder).parts) or (folder.name == "wagtail" and "locales" in path.parts)
        )


@cache
def strings(domain: str) -> dict[tuple[str | None, str], polib.POEntry]:
    return {
        (entry.msgctxt, entry.msgid): entry
        for path in sources()
        if path.stem == domain
        for entry in polib.pofile(str(path))
    }


def translated_by_us(domain: str, language: str) -> Callable[[str | None, str], str]:
    """The translation of a string in pages, or in the catalogues that scripts load."""
    catalogue = translation(language)
    if domain != "django":
        folders = [str(path.parents[2]) for path in sources() if path.stem == domain]
        catalogue = DjangoTranslation(language, domain=domain, localedirs=folders)
    return lambda context, text: catalogue.pgettext(context, text) if context else catalogue.gettext(text)


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_string_of_wagtail_is_translated(language, domain):
    say = translated_by_us(domain, language)
    left = {
        text.strip() for key in strings(domain) if say(*key) == (text := key[1]) and not PLACES_ONLY.fullmatch(text)
    }

    assert left - set(re.sub(r"\n\s+", "", SAME[language]).split("|")) == set()


def catalogues() -> list[Path]:
    return sorted(Path(django_settings.LOCALE_PATHS[1]).glob("*/LC_MESSAGES/*.po"))


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_our_translations_are_of_existing_strings_of_wagtail(path):
    """If an upgrade changes a string, our translation no longer applies."""
    own = strings(path.stem)
    entries = [entry for entry in polib.pofile(str(path)) if entry.tcomment != NEXT or wagtail.VERSION >= (8, 1)]
    # Time spans come from Django.
    assert [entry.msgid for entry in entries if (entry.msgctxt, entry.msgid) not in own | TIMES] == []


# The comment on strings that the locked version of Wagtail does not have yet.
NEXT = "Wagtail 8.1"
TIMES = {(None, f"%(num)d {unit}"): None for unit in ("year", "month", "day")}


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_our_translations_keep_the_placeholders(path):
    places = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
    for entry in polib.pofile(str(path)):
        for text in (entry.msgstr, *entry.msgstr_plural.values()):
            assert set(places.findall(text)) <= set(places.findall(entry.msgid + entry.msgid_plural)), entry.msgid


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_our_translations_are_compiled(path):
    compiled = polib.mofile(str(path.with_suffix(".mo")))

    assert {(each.msgctxt, each.msgid): (each.msgstr, each.msgstr_plural) for each in compiled} == {
        (each.msgctxt, each.msgid): (each.msgstr, each.msgstr_plural) for each in polib.pofile(str(path))
    }


def test_task_is_named_in_the_users_language(planted, db):
    task = Task.objects.get(name="Own: approval")

    with override("de"):
        shown = Template("{{ task }}|{{ task.name }}").render(Context({"task": task}))
        assert f"{shown}|{task.name}" == "Own: Freigabe|Own: Freigabe|Own: Freigabe"
    with override("fr"):
        assert f"{task.name}" == "Own\u00a0: approbation"
    task.save()
    assert Task.objects.filter(name="Own: approval").exists()


@pytest.mark.parametrize(
    ("language", "sentence"), [("fr", "Retiré du site à l’heure prévue"), ("de", "Wie geplant zurückgezogen")]
)
def test_history_names_scheduled_unpublications(lorraine, newsroom, language, sentence):
    page = make_article(lorraine.section)
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(hours=1))
    run_schedule(timezone.now())
    UserProfile.objects.update_or_create(user=newsroom[Role.EDITOR], defaults={"preferred_language": language})

    history = newsroom_client(lorraine, newsroom[Role.EDITOR]).get(
        reverse("wagtailadmin_pages:history", args=[page.pk])
    )

    assert sentence in history.content.decode()
