"""The headings of the newsroom are in its language, down to their punctuation."""

import pytest
from django.utils import timezone
from django.utils.translation import override
from wagtail.admin.templatetags.wagtailadmin_tags import timesince_simple
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page


class Heading(WagtailAdminTemplateMixin):
    page_title = "Modification"
    page_subtitle = "Article"


@pytest.mark.parametrize(
    ("language", "shown"), [("fr", "Modification\u202f: Article"), ("de", "Modification: Article")]
)
def test_colon_stands_as_the_language_sets_it(language, shown):
    with override(language):
        assert Heading().get_header_title() == shown


@pytest.mark.parametrize(("language", "shown"), [("fr", "Tous les sites"), ("de", "Alle Websites")])
def test_page_above_all_sites_is_named_in_the_language_of_whoever_reads_it(lorraine, language, shown):
    with override(language):
        assert Page.get_first_root_node().get_admin_display_title() == shown
    assert lorraine.home.get_admin_display_title() == lorraine.home.title


@pytest.mark.parametrize(("language", "shown"), [("fr", "à l’instant"), ("de", "gerade eben")])
def test_what_has_just_happened_is_said_without_a_number(language, shown):
    with override(language):
        assert timesince_simple(timezone.now()) == shown
