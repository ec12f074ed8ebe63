"""Lines of the checklist that the network sets as a default or locks, on two sites."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from portal.content.publication import PublicationRefusedError
from portal.editorial.approval.completeness import missing_findings
from portal.editorial.models import SiteChecklist
from portal.editorial.roles import Role
from tests.builders import make_article
from tests.editorial.drafts import draft, submit
from tests.editorial.network_rules.sending import data_of

pytestmark = pytest.mark.usefixtures("media")


def set_for_all(levels, locked=(), **facts):
    defaults = {"levels": levels, "locked": list(locked), **facts}
    SiteChecklist.objects.update_or_create(site=None, defaults=defaults)


def choose(ground, levels, **facts):
    SiteChecklist.objects.update_or_create(site=ground.site, defaults={"levels": levels, **facts})


def missing(page):
    return [finding.code for finding in missing_findings(page, timezone.now())]


def url_of(ground):
    return reverse("site_checklist", args=[ground.site.pk])


def test_default_counts_on_every_site_that_has_chosen_nothing(lorraine, saar):
    set_for_all({"description": {"article": "required"}})

    for ground in (lorraine, saar):
        assert missing(make_article(ground.section, search_description="")) == ["description"]


def test_choice_of_a_site_counts_before_the_default(lorraine, saar):
    set_for_all({"description": {"article": "required"}})
    choose(lorraine, {"description": {"article": "off"}})

    assert missing(make_article(lorraine.section, search_description="")) == []
    assert missing(make_article(saar.section, search_description="")) == ["description"]


def test_locked_line_overrules_what_a_site_chose_before(lorraine):
    choose(lorraine, {"description": {"article": "off"}})
    set_for_all({"description": {"article": "required"}}, locked=["description"])

    assert missing(make_article(lorraine.section, search_description="")) == ["description"]


def test_locked_line_stops_a_page_from_being_sent_for_review(lorraine, newsroom):
    choose(lorraine, {"description": {"article": "off"}})
    set_for_all({"description": {"article": "required"}}, locked=["description"])
    page = draft(lorraine, newsroom[Role.EDITOR], search_description="")

    with pytest.raises(PublicationRefusedError):
        submit(page, newsroom[Role.EDITOR])


def test_line_locked_at_its_default_overrules_a_site(lorraine):
    choose(lorraine, {"standfirst": {"article": "off"}})
    set_for_all({}, locked=["standfirst"])

    assert missing(make_article(lorraine.section, standfirst="")) == ["standfirst"]


def test_limit_of_a_locked_line_overrules_that_of_a_site(lorraine):
    choose(lorraine, {}, longest_title=300)
    levels = {"title_length": {"article": "required"}}
    set_for_all(levels, locked=["title_length"], longest_title=20)
    page = make_article(lorraine.section, "Un titre de plus de vingt signes")

    assert missing(page) == ["title_length"]
    set_for_all(levels, longest_title=20)
    assert missing(page) == []


def test_site_gets_its_own_level_back_once_the_line_is_unlocked(administrator, lorraine):
    choose(lorraine, {"description": {"article": "advice"}})
    set_for_all({"description": {"article": "required"}}, locked=["description"])
    page = make_article(lorraine.section, search_description="")
    # The site's administrator saves other lines meanwhile.
    administrator.post(url_of(lorraine), data_of(administrator, url_of(lorraine)) | {"byline-article": "off"})
    assert missing(page) == ["description"]

    set_for_all({"description": {"article": "required"}})

    assert missing(page) == []
    assert SiteChecklist.objects.get(site=lorraine.site).levels == {
        "description": {"article": "advice"},
        "byline": {"article": "off"},
    }


def test_form_of_a_site_shows_the_locked_level_in_words(administrator, lorraine):
    set_for_all({"description": {"article": "required"}}, locked=["description"])

    html = BeautifulSoup(administrator.get(url_of(lorraine)).content, "html.parser")

    row = next(each for each in html.select("tbody tr") if "Description for search engines" in each.get_text())
    assert "Set for all sites by the network's administrator" in row.th.get_text()
    assert "required" in row.get_text()
    assert row.select("select, input") == []
    assert html.select("select[name=byline-article]")


def test_form_of_a_site_shows_a_locked_limit_in_words(administrator, lorraine):
    set_for_all({"title_length": {"article": "required"}}, locked=["title_length"], longest_title=70)

    html = BeautifulSoup(administrator.get(url_of(lorraine)).content, "html.parser")

    assert "Set for all sites by the network's administrator: 70" in html.get_text()
    assert html.select("[name=longest_title]") == []


def test_forged_request_changes_no_locked_line(administrator, lorraine):
    set_for_all({"title_length": {"article": "required"}}, locked=["title_length"], longest_title=20)
    sent = data_of(administrator, url_of(lorraine))
    forged = {"title_length-article": "off", "longest_title": "400", "lock-title_length": ""}

    assert administrator.post(url_of(lorraine), sent | forged).status_code == 302

    own = SiteChecklist.objects.get(site=lorraine.site)
    assert (own.levels, own.longest_title) == ({}, None)
    assert missing(make_article(lorraine.section, "Un titre de plus de vingt signes")) == ["title_length"]


def test_default_is_marked_in_the_form_of_a_site(administrator, lorraine):
    set_for_all({"description": {"article": "advice"}})

    shown = administrator.get(url_of(lorraine)).context["form"]["description-article"]

    assert shown.initial == "advice"
    assert dict(shown.field.choices)["advice"] == "advice *"


def test_site_may_return_to_what_no_network_has_set(administrator, lorraine):
    set_for_all({"standfirst": {"article": "off"}})
    sent = data_of(administrator, url_of(lorraine)) | {"standfirst-article": "required"}

    administrator.post(url_of(lorraine), sent)

    assert missing(make_article(lorraine.section, standfirst="")) == ["standfirst"]
