"""A network that cannot be created is refused with a message, and occupied addresses are skipped."""

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, Site

from portal.content.records.hosts import FurtherHost
from tests.bench.bulk.network import portal_sites
from tests.bench.management.commands.generate_network import Command
from tests.builders import make_site


def test_network_on_hosts_that_are_not_served_is_refused(db, settings, capsys):
    settings.ALLOWED_HOSTS = ["www.example.org"]

    with pytest.raises(CommandError, match=r"does not serve site-001\.localhost: add it to ALLOWED_HOSTS"):
        call_command(Command(), sites=1, pages=1)


def test_occupied_addresses_are_skipped(db, capsys):
    root = Page.get_first_root_node()
    root.add_child(instance=Page(title="Autre", slug="site-001-fr"))
    other = make_site("other.localhost", ("fr",)).site
    FurtherHost.objects.create(hostname="site-001.localhost", site=other)
    Site.objects.create(hostname="site-002.localhost", port=8000, root_page=root)

    call_command(Command(), sites=2, pages=0, language="fr")

    assert portal_sites().exclude(pk=other.pk).get().hostname == "site-003.localhost"
