"""The authors of a text remain authors of every page that uses it through an alias, however the alias is made."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from events.newsroom.recaps import open_recap
from events.records import Occurrence
from portal.editorial.approval.authorship import add_author, authors_among
from portal.editorial.roles import Role, group_of
from portal.editorial.translations import actions as translations
from portal.editorial.trash import deleting
from portal.editorial.wagtail_hooks import keep_authors_of_copies
from portal.env import BASE_DIR
from tests.builders import make_article, make_draft, make_event, make_member, make_section, newsroom_client
from tests.editorial.actions import confirm_passages, form_of, messages_of, post, reload
from tests.editorial.approval.test_hands_of_one_person import boss, goes_live  # noqa: F401 - a fixture
from tests.editorial.approval.test_texts_taken_over import copy_page
from tests.editorial.drafts import draft, rewrite

# ruff: noqa: F811


def create_alias(ground, user, page, place=None, **facts):
    return copy_page(ground, user, page, place, new_slug=f"alias-{page.pk}", alias="on", **facts)


@pytest.fixture
def own(lorraine, editor, approver, boss):
    """A copy of an approved page that the approver has rewritten, in its own section."""
    page = make_article(lorraine.section, "Vu par deux", date=None)
    section = make_section(lorraine.home, "Dossier")
    page = copy_page(lorraine, approver, page, section)
    post(newsroom_client(lorraine, approver), "edit", page.pk, **form_of(page, title="Écrit seul", slug="copie"))
    return reload(page)


def delete_for_ever(lorraine, author, page):
    post(newsroom_client(lorraine, author), "delete", page.pk)
    deleting.delete_for_ever(page.page_ptr.trashed, author)


def of_alias(lorraine, author, taker, own):
    return copy_page(lorraine, taker, create_alias(lorraine, author, own))


def of_another_persons_alias(lorraine, author, taker, own):
    return copy_page(lorraine, taker, create_alias(lorraine, taker, own))


def of_alias_of_alias(lorraine, author, taker, own):
    return copy_page(lorraine, taker, create_alias(lorraine, author, create_alias(lorraine, author, own)))


def of_deleted(lorraine, author, taker, own):
    alias = create_alias(lorraine, author, own)
    delete_for_ever(lorraine, author, own)
    return copy_page(lorraine, taker, reload(alias))


def of_alias_of_deleted(lorraine, author, taker, own):
    alias = create_alias(lorraine, author, own)
    delete_for_ever(lorraine, author, own)
    alias = create_alias(lorraine, author, reload(alias))
    return copy_page(lorraine, taker, alias)


def of_deleted_and_saved(lorraine, author, taker, own):
    alias = create_alias(lorraine, author, own)
    delete_for_ever(lorraine, author, own)
    return rewrite(reload(alias), taker)


def of_section(lorraine, author, taker, own):
    create_alias(lorraine, author, own, own.get_parent())
    section = copy_page(lorraine, taker, own.get_parent(), lorraine.home, copy_subpages="on")
    return section.get_children().get(slug=f"alias-{own.pk}").specific


def of_aliased_section(lorraine, author, taker, own):
    create_alias(lorraine, author, own.get_parent(), lorraine.home, copy_subpages="on")
    section = lorraine.home.get_children().get(slug=f"alias-{own.get_parent().pk}")
    return copy_page(lorraine, taker, section, lorraine.home, copy_subpages="on").get_children().get().specific


def of_original_rewritten_and_scheduled(lorraine, author, taker, own):
    alias = create_alias(lorraine, author, own)
    later = rewrite(own, taker, title="Tout autre", go_live_at=timezone.now() + timedelta(days=1)).latest_revision
    later.publish(user=make_member("chief", is_superuser=True))
    return copy_page(lorraine, taker, alias)


def of_converted(lorraine, author, taker, own):
    alias = create_alias(lorraine, author, create_alias(lorraine, author, own))
    post(newsroom_client(lorraine, taker), "convert_alias", alias.pk)
    return reload(alias)


def of_translation(lorraine, author, taker, own):
    own.move(lorraine.section, "last-child")
    german = translations.start(create_alias(lorraine, author, own), lorraine.homes["de"].locale, taker)
    confirm_passages(german)
    return german


def of_alias_in_the_language(lorraine, author, taker, own):
    own.move(lorraine.section, "last-child")
    alias = reload(own).copy_for_translation(lorraine.homes["de"].locale, alias=True)
    return copy_page(lorraine, taker, alias, lorraine.sections["de"], new_slug="kopie")


def of_alias_that_is_translated(lorraine, author, taker, own):
    own.move(lorraine.section, "last-child")
    alias = create_alias(lorraine, author, own)
    alias.copy_for_translation(lorraine.homes["de"].locale, alias=True)
    german = translations.start(alias, lorraine.homes["de"].locale, taker)
    confirm_passages(german)
    return german


WAYS = (
    of_alias,
    of_another_persons_alias,
    of_alias_of_alias,
    of_deleted,
    of_alias_of_deleted,
    of_deleted_and_saved,
    of_section,
    of_aliased_section,
    of_original_rewritten_and_scheduled,
    of_converted,
    of_translation,
    of_alias_in_the_language,
    of_alias_that_is_translated,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_own_text_cannot_be_published_through_an_alias(lorraine, own, approver, boss, way):
    taken = way(lorraine, approver, make_member("other", group_of(lorraine.site, Role.APPROVER)), own)

    assert not goes_live(lorraine, approver, taken, "bulk action")
    assert goes_live(lorraine, boss, taken, "bulk action")


def test_own_text_cannot_be_published_through_an_alias_of_an_import(lorraine, editor, approver, boss):
    event = make_draft(make_event(lorraine.calendar))
    revision = event.save_revision()
    add_author([(event, revision)], approver)
    alias = create_alias(lorraine, boss, event, lorraine.calendar)
    taken = copy_page(lorraine, editor, alias, lorraine.calendar, new_slug=f"{alias.slug}-2")

    assert authors_among(taken, None) == {approver.pk}


def test_own_text_cannot_be_published_as_a_recap_of_a_withdrawn_event(lorraine, editor, approver, boss):
    event = make_event(lorraine.calendar, start=timezone.now() - timedelta(days=2))
    date = Occurrence.objects.get(event=event)
    post(newsroom_client(lorraine, boss), "unpublish", event.pk)
    rewrite(event, approver, speakers="")

    assert authors_among(open_recap(date, editor), {approver.pk, editor.pk}) == {approver.pk, editor.pk}


def test_copier_of_a_former_alias_of_unknown_origin_is_its_author(lorraine, own, editor, approver, boss):
    alias = create_alias(lorraine, boss, own)
    PageLogEntry.objects.filter(page=alias.pk).delete()
    own.delete()
    copy = copy_page(lorraine, approver, alias)

    assert not goes_live(lorraine, approver, copy, "bulk action")
    assert goes_live(lorraine, boss, copy, "bulk action")


def test_copy_of_an_alias_of_a_live_page_is_published_by_its_copier(lorraine, approver, boss):
    page = draft(lorraine, approver)
    alias = create_alias(lorraine, approver, page)
    assert goes_live(lorraine, boss, page, "bulk action")
    rewrite(reload(page), approver, title="Plus tard")

    copy = copy_page(lorraine, approver, reload(alias), new_slug=f"{alias.slug}-2")
    assert goes_live(lorraine, approver, copy, "bulk action")


def test_each_copy_in_a_section_keeps_the_authors_of_its_own_original(lorraine, editor, approver):
    section = make_section(lorraine.home, "Dossier")
    first, last = (draft(lorraine, person, person.username, section) for person in (editor, approver))
    copy = section.copy(recursive=True, update_attrs={"slug": "copie"}, keep_live=False)
    first.move(section, "last-child")

    keep_authors_of_copies(SimpleNamespace(user=editor), reload(section), copy)

    for original, author in ((first, editor), (last, approver)):
        copied_page = Page.objects.child_of(copy).get(slug=original.slug).specific
        assert authors_among(copied_page, None) == {author.pk}


def test_former_alias_is_not_reported_as_published(lorraine, own, approver, boss):
    alias = create_alias(lorraine, approver, own)
    own.delete()
    path = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])

    messages = messages_of(newsroom_client(lorraine, boss).post(f"{path}?id={alias.pk}"))

    assert "There is no draft yet" in messages
    assert "published" not in messages
    assert not reload(alias).live


# The modules that create a page from another one. Each logs the authors, or creates aliases; a receiver logs the
# authors of aliases.
TAKES_OVER = re.compile(r"\bpage\.copy\(|copy_for_translation\(|create_alias\(|(?:Copy|Alias)\w*Action\(")
TAKING_OVER = {
    "events/newsroom/dates_view.py",
    "portal/content/pages/pages.py",
    "portal/editorial/sharing/shares.py",
    "portal/editorial/translations/actions.py",
    "portal/editorial/translations/localize_views.py",
    "portal/editorial/translations/tracking.py",
}


def test_every_module_that_makes_a_page_from_another_is_known():
    sources = (
        path
        for package in ("articles", "events", "home", "portal", "search")
        for path in BASE_DIR.glob(f"{package}/**/*.py")
    )

    assert {str(path.relative_to(BASE_DIR)) for path in sources if TAKES_OVER.search(path.read_text())} == TAKING_OVER
