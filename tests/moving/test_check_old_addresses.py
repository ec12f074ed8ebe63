"""A crawl of the old sitemap lists each URL with its response here."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.moving.sources.sitemaps import addresses_in
from portal.moving.wordpress.records import ExportError
from tests.builders import SampleSite
from tests.moving.exports import DECLARATION, OLD, SITEMAPS, item, sitemap


def check(folder: Path, ground: SampleSite, *addresses: str) -> str:
    (folder / "sitemap.xml").write_text(sitemap(*addresses))
    report = folder / "report.csv"
    call_command(
        "check_old_addresses",
        str(folder / "sitemap.xml"),
        "--site",
        ground.host,
        "--report",
        str(report),
        stdout=StringIO(),
    )
    return report.read_text()


def test_addresses_of_imported_pages_and_of_wordpress_are_not_lost(bring, newsroom, lorraine, tmp_path):
    bring(item("Un", "Texte", wp_id=1), live=True)

    lines = check(tmp_path, lorraine, f"{OLD}/2024/05/un/", f"{OLD}/wp-login.php", f"{OLD}/2024/").splitlines()

    assert '"301"' in lines[1]
    assert '"200"' in lines[1]
    assert '"410"' in lines[2]
    assert not any('"True"' in line for line in lines)


def test_lost_address_is_named(bring, newsroom, lorraine, tmp_path, capsys):
    bring(item("Un", "Texte", wp_id=1), live=True)

    with pytest.raises(CommandError, match="1 of 2 addresses are lost"):
        check(tmp_path, lorraine, f"{OLD}/2024/05/un/", f"{OLD}/disparu/")


def test_address_with_two_slashes_is_requested_as_it_is(bring, newsroom, lorraine, tmp_path):
    bring(item("Deux", "Texte", "page", wp_id=9, link=f"{OLD}//greek/second/"), live=True)

    assert '"True"' not in check(tmp_path, lorraine, f"{OLD}//greek/second/")
    with pytest.raises(CommandError, match="1 of 1"):
        check(tmp_path, lorraine, f"{OLD}//greek//second/")


def test_short_link_that_leads_only_to_the_front_page_is_lost(bring, newsroom, lorraine, tmp_path):
    bring(item("Un", "Texte", wp_id=1), live=True)

    with pytest.raises(CommandError, match="1 of 3"):
        check(tmp_path, lorraine, f"{OLD}/", f"{OLD}/?p=1", f"{OLD}/?p=99999")


def test_page_in_review_counts_as_lost(bring, newsroom, lorraine, tmp_path):
    bring(item("Un", "Texte", wp_id=1))

    with pytest.raises(CommandError, match="1 of 1"):
        check(tmp_path, lorraine, f"{OLD}/2024/05/un/")


def test_index_of_sitemaps_is_followed():
    index = f"{DECLARATION}<sitemapindex {SITEMAPS}><sitemap><loc>{OLD}/posts.xml</loc></sitemap></sitemapindex>"
    files = {f"{OLD}/index.xml": index, f"{OLD}/posts.xml": sitemap(f"{OLD}/un/", f"{OLD}/deux/")}

    assert list(addresses_in(f"{OLD}/index.xml", lambda place: files[place].encode())) == [f"{OLD}/un/", f"{OLD}/deux/"]


@pytest.mark.parametrize("content", ["", "<html/>", "<urlset", f"<!DOCTYPE a><urlset {SITEMAPS}/>"])
def test_file_that_is_not_a_sitemap_is_refused(content):
    with pytest.raises(ExportError, match=r"sitemap\.xml"):
        list(addresses_in("sitemap.xml", lambda place: content.encode()))


def test_index_that_names_itself_ends():
    index = f"{DECLARATION}<sitemapindex {SITEMAPS}><sitemap><loc>{OLD}/index.xml</loc></sitemap></sitemapindex>"

    with pytest.raises(ExportError, match="indexes"):
        list(addresses_in(f"{OLD}/index.xml", lambda place: index.encode()))
