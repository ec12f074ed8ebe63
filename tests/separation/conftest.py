"""Two sites in which every record has a marker, built once for each module."""

from collections.abc import Iterator
from typing import NamedTuple
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.test import override_settings
from modelsearch.index import insert_or_update_object
from wagtail.models import Page

from portal.editorial.roles import Role
from search.indexes import DRAFTS
from search.indexing.checking import check
from tests.builders import make_newsroom, make_section_member, make_site
from tests.separation.planting import Planted, plant, plant_member_of


class Marked(NamedTuple):
    """`own` is the site of the requests; no response may contain a marker of `foreign`."""

    own: Planted
    foreign: Planted


@pytest.fixture(scope="module")
def marked(module_db, tmp_path_factory) -> Iterator[Marked]:
    with (
        override_settings(
            MEDIA_ROOT=tmp_path_factory.mktemp("media"), WAGTAILSEARCH_BACKENDS=django_settings.WAGTAILSEARCH_BACKENDS
        ),
        mock.patch("portal.editorial.approval.completeness._refuse_incomplete"),
    ):
        sites = []
        for host, languages, owner in (
            ("own.localhost", ("fr", "de"), "a"),
            ("foreign.localhost", ("fr", "de"), "b"),
        ):
            ground = make_site(host, languages)
            people = make_newsroom(ground)
            people[Role.REVIEWER] = make_section_member(ground, Role.REVIEWER)
            sites.append(plant(ground, people, owner))
        plant_member_of(*sites)
        for page in Page.objects.filter(depth__gt=1).specific():
            insert_or_update_object(page)
        # The commit that the newsroom's search waits for never happens.
        check(DRAFTS, repair=True)
        yield Marked(*sites)
