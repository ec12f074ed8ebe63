"""Two versions behind nginx during a rolling update and a blue/green one: no page lacks a style sheet or script.

Run with `make faults`, as root; needs Debian's PostgreSQL, nginx and openssl.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import time

import pytest
import requests
from bs4 import BeautifulSoup
from urllib3.util import connection

from tests.faults import tell, wait_for
from tests.production.cluster import primary
from tests.production.machine import ROOT
from tests.sink import free_port

HOST = "www.example.org"
MANUAL = ROOT / "docs/operations.md"
# One of the files of the public style sheet.
CHANGED, SHEET = "portal/styles/portal/01-reset-and-base.css", "css/portal."
LOADS = 10

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="root starts PostgreSQL and nginx")


def documented(start: str) -> str:
    """The command in the manual that begins like this, on one line."""
    chapter = MANUAL.read_text().split("### Blue/green and rolling updates")[1].split("\n### ")[0]
    commands = [" ".join(found.split()) for found in re.findall(r"`([^`]+)`", chapter)]
    return next(command for command in commands if command.startswith(start))


@dataclass
class Version:
    """A copy of the checkout with its own folder of data."""

    folder: Path
    environment: dict[str, str]

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *command],
                cwd=self.folder,
                env=self.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def manage(self, *words: str) -> None:
        assert self.start("manage.py", *words).wait(600) == 0, (self.folder / "log").read_text()[-3000:]

    def publish(self, shared: Path) -> None:
        command = documented("cp -r").replace("/mnt/static/", f"{shared}/")
        subprocess.run(command, shell=True, cwd=self.folder, check=True)

    @contextmanager
    def node(self, port: int) -> Iterator[None]:
        process = self.start("-m", "gunicorn", "--config", "portal/server.py", PORT=str(port))
        try:
            wait_for(lambda: self.is_ready(process, port), 120)
            yield
        finally:
            process.terminate()
            process.wait(60)

    def is_ready(self, process: subprocess.Popen[bytes], port: int) -> bool:
        assert process.poll() is None, (self.folder / "log").read_text()[-3000:]
        try:
            return requests.get(f"http://127.0.0.1:{port}/-/ready", timeout=10).ok
        except requests.ConnectionError:
            return False


@pytest.fixture(scope="module")
def versions(tmp_path_factory) -> Iterator[tuple[Version, Version]]:
    """The present version, and one with a changed style sheet, on one database with a site."""
    folder = tmp_path_factory.mktemp("versions")
    named = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(named, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    with primary(local="trust", host="trust") as cluster:
        cluster.run("CREATE DATABASE portal ENCODING 'UTF8' TEMPLATE template0")
        own = {"SECRET_KEY": "k" * 50, "DATABASE_URL": cluster.url("portal"), "ALLOWED_HOSTS": "sites"}
        own |= {"TRUSTED_PROXY": "yes", "WEB_WORKERS": "1", "EMAIL_URL": "submission://127.0.0.1:587"}
        own |= {"PATH": os.environ["PATH"], "ADMIN_BASE_URL": f"https://{HOST}", "DATA_DIR": "var"}
        made = []
        for name in ("before", "after"):
            for path in filter(None, listed):
                if (ROOT / path).is_file():
                    (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / path, folder / name / path)
            made.append(Version(folder / name, own))
        before, after = made
        with (after.folder / CHANGED).open("a") as sheet:
            sheet.write("\n.of-the-next-version { color: inherit; }\n")
        before.manage("migrate", "-v0")
        before.manage("create_site", "--host", HOST, "--name", "Example", "--languages", "fr", "--open")
        for version in made:
            version.manage("collectstatic", "--noinput", "-v0")
        yield before, after


@dataclass
class Proxy:
    """nginx with the samples of deploy/, and the nodes behind it."""

    folder: Path
    shared: Path | None
    port: int = field(default_factory=free_port)

    def configure(self, *nodes: int) -> None:
        site = (ROOT / "deploy/nginx.conf").read_text()
        if self.shared:
            static = (ROOT / "deploy/nginx-static.conf").read_text().replace("/mnt/static/", f"{self.shared}/")
            (self.folder / "static.conf").write_text(static)
            sample = "# include /etc/nginx/snippets/portal-static.conf"
            assert sample in site
            site = site.replace(sample, f"include {self.folder}/static.conf")
        upstream = " ".join(f"server 127.0.0.1:{node};" for node in nodes)
        site = site.replace("\nserver {", f"\nupstream nodes {{ {upstream} }}\n\nserver {{", 1)
        site = site.replace("proxy_pass http://127.0.0.1:8000;", "proxy_pass http://nodes;")
        site = re.sub(r"/etc/letsencrypt/live/[^/]+/(\w+)\.pem", rf"{self.folder}/\1.pem", site)
        site = re.sub(r"^    listen (\[::\]|80\b).*\n", "", site, flags=re.MULTILINE)
        site = site.replace("listen 443 ", f"listen 127.0.0.1:{self.port} ")
        # The first server, for HTTP, has no port left.
        first, second = site.index("\nserver {"), site.index("\nserver {", site.index("\nserver {") + 1)
        site = site[:first] + site[second:]
        (self.folder / "site").write_text(site)
        logs = f"error_log {self.folder}/error.log;\naccess_log off;"
        types = "include /etc/nginx/mime.types;"
        text = f"user root;\npid {self.folder}/pid;\nevents {{}}\nhttp {{\n{types}\n{logs}\ninclude {self.folder}/site;\n}}\n"
        (self.folder / "nginx.conf").write_text(text)

    def run(self, *words: str) -> None:
        command = ["nginx", "-q", "-p", self.folder, "-c", self.folder / "nginx.conf", *words]
        # No pipe: nginx would hold it open after this command has ended.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @contextmanager
    def running(self, *nodes: int) -> Iterator[None]:
        subject = [
            "-subj",
            f"/CN={HOST}",
            "-keyout",
            self.folder / "privkey.pem",
            "-out",
            self.folder / "fullchain.pem",
        ]
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
        subprocess.run(request, check=True, capture_output=True)
        self.configure(*nodes)
        self.run()
        try:
            yield
        finally:
            self.run("-s", "stop")


@pytest.fixture
def proxy(tmp_path, monkeypatch):
    def made(shared: Path | None) -> Proxy:
        found = Proxy(tmp_path, shared)

        def connect(address, *arguments, **options) -> socket.socket:
            return socket.create_connection(("127.0.0.1", found.port) if address[0] == HOST else address)

        monkeypatch.setattr(connection, "create_connection", connect)
        return found

    return made


class Reader(Thread):
    """Loads the front page, and each style sheet and script that it names, until it is stopped."""

    def __init__(self) -> None:
        super().__init__()
        self.loads, self.files, self.sheets = 0, 0, Counter[str]()
        self.missing: list[str] = []
        self.stopped = Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            self.load()

    def get(self, path: str) -> requests.Response:
        return requests.get(f"https://{HOST}{path}", verify=False, timeout=60)

    def load(self) -> None:
        page = self.get("/fr/")
        if page.status_code != 200:
            self.missing.append(f"{page.status_code} /fr/")
        html = BeautifulSoup(page.content, "html.parser")
        named = [each["href"] for each in html.select("link[rel~=stylesheet]")]
        named += [each["src"] for each in html.select("script[src]")]
        for path in named:
            response = self.get(path)
            if response.status_code != 200:
                self.missing.append(f"{response.status_code} {path}")
            if SHEET in path:
                self.sheets[path] += 1
        self.loads, self.files = self.loads + 1, self.files + len(named)

    def load_more(self) -> None:
        loads = self.loads
        wait_for(lambda: self.loads >= loads + LOADS, 120)


@contextmanager
def reading() -> Iterator[Reader]:
    reader = Reader()
    reader.start()
    try:
        yield reader
    finally:
        reader.stopped.set()
        reader.join(60)


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_no_page_lacks_a_file_during_an_update(versions, proxy, tmp_path):
    before, after = versions
    shared = tmp_path / "shared"
    shared.mkdir()
    ports = [free_port(), free_port(), free_port()]
    nginx = proxy(shared)
    before.publish(shared)

    with ExitStack() as first, ExitStack() as second, ExitStack() as third:
        first.enter_context(before.node(ports[0]))
        second.enter_context(before.node(ports[1]))
        with nginx.running(*ports[:2]), reading() as reader:
            reader.load_more()
            # A rolling update to the new version.
            after.publish(shared)
            for stack, port in ((first, ports[0]), (second, ports[1])):
                stack.close()
                stack.enter_context(after.node(port))
                # nginx sends requests to the new node again.
                wait_for(lambda: len(reader.sheets) == 2, 60)
                reader.load_more()
            # A blue/green one back to the previous version.
            third.enter_context(before.node(ports[2]))
            nginx.configure(ports[2])
            nginx.run("-s", "reload")
            reader.load_more()
            first.close()
            second.close()
            reader.load_more()

    tell("two versions behind nginx", reader.files, errors=len(reader.missing), remark=f"{reader.loads} pages")
    assert reader.missing == []
    # Both versions were served.
    assert len(reader.sheets) == 2


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_without_the_shared_directory_files_are_missing(versions, proxy):
    """What the first test would find if it were not for the directory."""
    before, after = versions
    ports = [free_port(), free_port()]
    with before.node(ports[0]), after.node(ports[1]), proxy(None).running(*ports):
        reader = Reader()
        for _load in range(LOADS):
            reader.load()

    assert any("404 /static/" in each for each in reader.missing)


def test_only_files_that_no_node_has_renewed_are_deleted(versions, tmp_path):
    before, after = versions
    shared = tmp_path / "shared"
    shared.mkdir()
    for version in (before, after):
        version.publish(shared)
    for path in shared.rglob("*"):
        os.utime(path, (time() - 8 * 86400,) * 2)
    after.publish(shared)
    subprocess.run(documented("find").replace("/mnt/static", str(shared)), shell=True, check=True)

    assert sheets_in(shared) == sheets_in(after.folder / "var/static")
    assert sheets_in(shared) != sheets_in(before.folder / "var/static")


def sheets_in(folder: Path) -> set[str]:
    return {path.name for path in (folder / "css").glob("portal.*")}
