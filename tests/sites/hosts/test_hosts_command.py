"""`manage.py hosts` writes the hosts of all sites for nginx and certbot."""

import shlex
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Site

from portal.content.records.hosts import FurtherHost


@pytest.fixture
def public(lorraine, saar, settings) -> None:
    settings.ADMIN_BASE_URL = "https://www.example.org"
    Site.objects.filter(pk=lorraine.site.pk).update(hostname="www.example.org")
    Site.objects.filter(pk=saar.site.pk).update(hostname="news.example.org")
    FurtherHost.objects.create(hostname="example.org", site=lorraine.site)


def output(**options: bool) -> str:
    out = StringIO()
    call_command("hosts", stdout=out, **options)
    return out.getvalue()


def test_list_says_where_further_hosts_redirect(public):
    assert "example.org: redirects to www.example.org\n" in output()


def test_nginx_gets_every_public_host_once_with_the_newsrooms_first(public):
    words = output(nginx=True).split()

    assert words == ["server_name", "www.example.org", "example.org", "news.example.org;"]


def test_certbot_expands_the_certificate_of_the_newsrooms_host(public):
    words = shlex.split(output(certbot=True))

    assert words[:2] == ["certbot", "certonly"]
    assert "--expand" in words
    assert words[words.index("--cert-name") + 1] == "www.example.org"
    names = [word for before, word in pairwise(words) if before == "--domain"]
    assert names == ["www.example.org", "example.org", "news.example.org"]


def test_more_names_than_a_certificate_may_have_are_refused_in_words(public, lorraine):
    FurtherHost.objects.bulk_create(
        FurtherHost(hostname=f"host-{number}.example", site=lorraine.site) for number in range(98)
    )

    with pytest.raises(CommandError, match=r"at most 100 names.*101 hosts"):
        output(certbot=True)
    assert len(output(nginx=True).split()) == 102


def test_network_without_a_public_host_gives_an_error(lorraine):
    with pytest.raises(CommandError, match="No site has a public host"):
        output(nginx=True)
