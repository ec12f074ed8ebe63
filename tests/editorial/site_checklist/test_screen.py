"""Site administrators choose the checklist of their own sites on one screen."""

import pytest
from django.urls import reverse

from portal.editorial.models import SiteChecklist
from portal.editorial.roles import Role
from portal.editorial.site_checklist.forms import SiteChecklistForm
from tests.audit.acts import last
from tests.builders import newsroom_client


def data_of(ground, **changed):
    """The form as it is shown, with changes."""
    form = SiteChecklistForm(instance=SiteChecklist(site=ground.site), site=ground.site)
    shown = {name: field.initial or "" for name, field in form.fields.items()}
    return shown | {name.replace("__", "-"): value for name, value in changed.items()}


def url_of(ground):
    return reverse("site_checklist", args=[ground.site.pk])


def test_screen_shows_the_defaults(administrator, lorraine):
    form = administrator.get(url_of(lorraine)).context["form"]

    assert form["standfirst-article"].initial == "required"
    assert form["byline-article"].initial == "advice"
    assert form["lead_image-event"].initial == "off"
    assert "standfirst-other" not in form.fields


def test_unchanged_form_stores_no_level(administrator, lorraine):
    assert administrator.post(url_of(lorraine), data_of(lorraine)).status_code == 302

    assert SiteChecklist.objects.get(site=lorraine.site).levels == {}


def test_changed_level_is_stored_for_its_kind(administrator, lorraine):
    administrator.post(url_of(lorraine), data_of(lorraine, standfirst__article="advice"))

    assert SiteChecklist.objects.get(site=lorraine.site).levels == {"standfirst": {"article": "advice"}}
    assert administrator.get(url_of(lorraine)).context["form"]["standfirst-article"].initial == "advice"


def test_length_without_a_limit_is_refused_and_keeps_the_input(administrator, lorraine):
    sent = data_of(lorraine, title_length__article="required", words__fr="utilise = emploie")

    response = administrator.post(url_of(lorraine), sent)

    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"longest_title"}
    assert "utilise = emploie" in response.content.decode()
    assert not SiteChecklist.objects.exists()


@pytest.mark.parametrize("limit", ["9", "401", "-1", "x", "99999999999999"])
def test_limit_out_of_range_is_refused(administrator, lorraine, limit):
    response = administrator.post(url_of(lorraine), data_of(lorraine, longest_title=limit))

    assert "longest_title" in response.context["form"].errors


def test_bad_line_of_the_words_is_named(administrator, lorraine):
    response = administrator.post(url_of(lorraine), data_of(lorraine, words__fr="un = une\nseul"))

    assert "2" in response.context["form"].errors["words-fr"][0]


def test_words_are_stored_by_language(administrator, lorraine):
    sent = data_of(lorraine, words__fr="utilise = emploie", words__de="nutzen → brauchen")
    administrator.post(url_of(lorraine), sent)

    words = SiteChecklist.objects.get(site=lorraine.site).words
    assert words == {"fr": [["utilise", "emploie"]], "de": [["nutzen", "brauchen"]]}


def test_change_is_in_the_audit_log(administrator, lorraine, newsroom):
    administrator.post(url_of(lorraine), data_of(lorraine, standfirst__article="off"))

    entry = last("portal.settings.create")
    assert (entry.actor_key, entry.site_key) == (newsroom[Role.SITE_ADMINISTRATOR].pk, lorraine.site.pk)


def test_another_sites_checklist_is_not_found(administrator, saar):
    assert administrator.get(url_of(saar)).status_code == 404
    assert administrator.post(url_of(saar), data_of(saar, standfirst__article="off")).status_code == 404
    assert not SiteChecklist.objects.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.ORGANISER])
def test_other_roles_cannot_open_it(lorraine, newsroom, role):
    client = newsroom_client(lorraine, newsroom[role])

    assert client.get(url_of(lorraine)).status_code in (302, 403)
    assert client.post(url_of(lorraine), data_of(lorraine, standfirst__article="off")).status_code in (302, 403)
    assert not SiteChecklist.objects.exists()


def test_screen_opens_with_levels_and_words_that_it_does_not_know(administrator, lorraine):
    SiteChecklist.objects.create(
        site=lorraine.site, levels={"standfirst": {"article": "urgent"}}, words={"fr": [["seul"]]}
    )

    assert administrator.get(url_of(lorraine)).context["form"]["standfirst-article"].initial == "required"
