"""Undoing an import names the administrators' redirects to its pages, which then lead nowhere."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from portal.moving.models import ImportRun
from portal.moving.undoing import undo
from tests.moving.conftest import act, page_of, shown
from tests.moving.exports import OLD

pytestmark = pytest.mark.usefixtures("newsroom", "media", "english")


@pytest.fixture
def by_hand(administrator, imported, lorraine, saar) -> ImportRun:
    """An import, redirects made here to two of its pages, and decoys."""
    first, second = page_of(1), page_of(2)
    add(administrator, lorraine, "/dossier", redirect_page=first.pk)
    add(administrator, lorraine, "/lettre", redirect_link=lorraine.address(second))
    add(administrator, lorraine, "/autre", redirect_page=lorraine.section.pk)
    Redirect.objects.create(site=saar.site, old_path="/geheim", redirect_page=first)
    return imported


def add(client: Any, ground: Any, old: str, **target: Any) -> None:
    facts = {"site": ground.site.pk, "old_path": old, "is_permanent": "on", "redirect_page": "", "redirect_link": ""}
    assert client.post(reverse("site_redirects_add"), {**facts, **target}).status_code == 302


def named(text: str) -> str:
    """The part of the text about redirects that lead nowhere."""
    return text.partition("2 redirects that were made here lead to deleted pages")[2].partition("<")[0].strip()


def test_confirmation_names_the_redirects(administrator, by_hand):
    assert named(shown(administrator, "moving_run", by_hand.pk)) == ", and so to nothing: /dossier, /lettre"


def test_undone_import_names_the_redirects(administrator, by_hand):
    act(administrator, by_hand, "undo")

    assert named(shown(administrator, "moving_run", by_hand.pk)) == ", and so to nothing: /dossier, /lettre"


def test_redirects_of_the_import_itself_are_not_named(administrator, imported):
    page = shown(administrator, "moving_run", imported.pk)

    assert Redirect.objects.filter(redirect_page=page_of(1)).exists()
    assert "and so to nothing" not in page


def test_redirect_to_a_page_that_stays_is_not_named(administrator, by_hand, django_user_model):
    page_of(1).save_revision(user=django_user_model.objects.create_user("lea"))
    broken: list[str] = []

    undo(by_hand.source, broken=broken)

    assert broken == ["/lettre"]


def test_long_list_is_cut(administrator, by_hand, lorraine):
    for number in range(4):
        add(administrator, lorraine, f"/plus-{number}", redirect_page=page_of(1).pk)

    page = shown(administrator, "moving_run", by_hand.pk)

    assert "6 redirects that were made here" in page
    assert "/plus-3, …" in page


@pytest.mark.parametrize("option", ["--dry-run", ""])
def test_command_names_the_redirects(by_hand, lorraine, option):
    out = StringIO()

    call_command("undo_import", "--site", lorraine.host, "--source", OLD, *filter(None, [option]), stdout=out)

    assert "2 redirects that were made here lead to deleted pages" in out.getvalue()
    assert Redirect.objects.filter(old_path="/dossier").exists() == bool(option)
