"""The sample proxies pass readers' clicks through, and no other internal address of the portal."""

import re

from django.conf import settings

from portal.readership.counting.counter import CLICKS, LONGEST_CLICK
from tests.database_copies import ROOT


def sample(name: str) -> str:
    return (ROOT / "deploy" / name).read_text(encoding="utf-8")


def locations() -> dict[str, list[str]]:
    """The lines of each `location` in the nginx sample."""
    found = re.findall(r"^    location (.+?) \{\n(.*?)^    \}", sample("nginx.conf"), re.MULTILINE | re.DOTALL)
    return {place: [line.strip() for line in lines.splitlines()] for place, lines in found}


def test_nginx_forwards_clicks_like_pages():
    pages, clicks = locations()["/"], locations()[f"= {CLICKS}"]

    assert [line for line in clicks if line.startswith("proxy_")] == pages
    assert f"client_max_body_size {LONGEST_CLICK // 1024}k;" in clicks


def test_nginx_takes_documents_as_large_as_the_portal_does():
    pages, documents = locations()["/"], locations()["/admin/documents/"]
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", "\n".join(documents))[1])

    assert [line for line in documents if line.startswith("proxy_")] == pages
    assert megabytes * 1024 * 1024 > settings.WAGTAILDOCS_MAX_UPLOAD_SIZE


def test_nginx_forwards_the_port_of_the_host():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for text in (sample("nginx.conf"), readme):
        assert set(re.findall(r"proxy_set_header Host (.+?);", text)) == {"$http_host"}


def test_nginx_has_the_same_tls_settings_for_all_hosts():
    servers = [server for server in sample("nginx.conf").split("\nserver {")[1:] if "listen 443" in server]
    lines = [[line for line in server.splitlines() if re.match(r"    ssl_(?!cert|reject)", line)] for server in servers]

    assert len(lines) == 2
    assert lines[0] == lines[1]
    assert "    ssl_protocols TLSv1.2 TLSv1.3;" in lines[0]


def test_nginx_hides_the_state_of_the_installation():
    assert locations()["/-/"] == ["return 404;"]


def test_caddy_forwards_clicks_and_hides_the_state_of_the_installation():
    (state,) = re.findall(r"@state \{(.*?)\}\s+respond @state 404\n", sample("Caddyfile"), re.DOTALL)

    assert [line.strip() for line in state.strip().splitlines()] == ["path /-/*", f"not path {CLICKS}"]
