"""Runs README.md's production block, and blocks of docs/operations.md, unchanged as root on a prepared machine.

Some parts of the blocks, the units and the proxy's configuration are replaced:
- folders: /srv/portal (a copy of the checkout), and those of nginx, PgBouncer, systemd and certificates, are in a
  scratch folder;
- ports: PostgreSQL, PgBouncer, Redis, the web server and nginx listen on free ports of loopback only;
- stand-ins (tests/production/stand_ins): `apt-get` checks whether Debian has the packages, and starts nginx; `certbot`
  fetches its proof through nginx, and signs its certificate itself; `systemctl` starts the programs of the units, without their restrictions, such as ProtectSystem;
  `nginx` is Debian's with the copied configuration.
README's block creates the account `portal`, which is deleted afterwards. Role and database are in a server of the test.
"""

import os
import pty
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from time import monotonic

import requests

from tests.production.cluster import Cluster, primary
from tests.sink import free_port

ROOT = Path(__file__).resolve().parents[2]
STAND_INS = Path(__file__).parent / "stand_ins"
ACCOUNT, HOST = "portal", "www.example.org"
ADMINISTRATOR, PASSWORD = "ada", "les-deux-rives-1815"
# The input for `createsuperuser`: name, address, and the password twice.
ANSWERS = (ADMINISTRATOR, "ada@example.org", PASSWORD, PASSWORD)
QUESTION = ": "
PATIENCE = 900


def block_below(heading: str, file: str = "docs/operations.md") -> str:
    """The first block of commands below a heading of a Markdown file."""
    part = (ROOT / file).read_text(encoding="utf-8").partition(f"\n{heading}\n")[2]
    found = re.search(r"^```sh\n(.*?)^```$", part, re.DOTALL | re.MULTILINE)
    assert found, f"{file} has no block of commands below {heading}"
    return found[1]


def production_block() -> str:
    return block_below("## Production", "README.md")


@dataclass
class Machine:
    folder: Path
    cluster: Cluster
    web: int = field(default_factory=free_port)
    https: int = field(default_factory=free_port)
    http: int = field(default_factory=free_port)
    redis: int = field(default_factory=free_port)
    pooler: int = field(default_factory=free_port)

    @property
    def home(self) -> Path:
        return self.folder / "srv/portal"

    @property
    def certificate(self) -> Path:
        return self.folder / f"etc/letsencrypt/live/{HOST}/fullchain.pem"

    def here(self, text: str) -> str:
        """The text with this machine's folders and ports."""
        for place in (
            "/srv/portal",
            "/etc/nginx",
            "/etc/pgbouncer",
            "/etc/systemd/system",
            "/etc/letsencrypt",
            "/var/www/html",
            "/run/nginx.pid",
        ):
            text = text.replace(place, f"{self.folder}{place}")
        text = text.replace("/var/log/nginx/", f"{self.folder}/log/nginx.")
        text = text.replace(":5432/", f":{self.cluster.port}/").replace(":6379/", f":{self.redis}/")
        text = text.replace(" port=5432 ", f" port={self.cluster.port} ").replace(":6432/", f":{self.pooler}/")
        text = text.replace("listen_port = 6432", f"listen_port = {self.pooler}")
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.web}")
        text = text.replace("\nWEB_WORKERS=", f"\nPORT={self.web}\nWEB_WORKERS=")
        text = re.sub(r"^    listen \[::\].*\n", "", text, flags=re.MULTILINE)
        return re.sub(r"listen 80\b", f"listen 127.0.0.1:{self.http}", text).replace(
            "listen 443 ", f"listen 127.0.0.1:{self.https} "
        )

    def prepare(self) -> None:
        """A checkout of the files to be committed, and Debian's configuration of nginx."""
        for name in ("srv/portal", "etc/systemd/system", "etc/pgbouncer", "run", "log"):
            (self.folder / name).mkdir(parents=True)
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (self.home / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.home / name)
        shutil.copytree("/etc/nginx", self.folder / "etc/nginx", symlinks=True)
        site = self.folder / "etc/nginx/sites-enabled/default"
        site.unlink(missing_ok=True)
        shutil.copy2("/etc/nginx/sites-available/default", site)
        (self.folder / "var/www/html").mkdir(parents=True)
        for path in [self.folder / "etc/nginx/nginx.conf", site, *(self.home / "deploy").iterdir()]:
            path.write_text(self.here(path.read_text(encoding="utf-8")), encoding="utf-8")

    def run(self, block: str, *answers: str) -> str:
        """The terminal output of the block, up to the first failing command; `answers` are typed at its prompts."""
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        stored = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))}
        own = {"PATH": f"{STAND_INS}:{path}", "MACHINE": str(self.folder), "HOME": "/root", "TERM": "dumb"}
        database = {"PGHOST": str(self.cluster.folder), "PGPORT": str(self.cluster.port)}
        script = self.folder / "block.sh"
        script.write_text(f"set -eu\n{self.here(block)}", encoding="utf-8")
        process, terminal = pty.fork()
        if not process:
            os.execve("/bin/bash", ["bash", str(script)], stored | own | database)
        try:
            shown = _typed(terminal, list(answers))
        finally:
            # Remaining processes get a hang-up signal.
            os.close(terminal)
            _process, status = os.waitpid(process, 0)
        assert status == 0, shown[-6000:]
        return shown

    def manage(self, *words: str) -> str:
        """The output of a portal command, run as in the block."""
        command = ["setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT, "--clear-groups", ".venv/bin/python", "manage.py"]
        # The tests' environment is left out, because it would override the settings.
        return subprocess.run(
            [*command, *words],
            cwd=self.home,
            env={"PATH": "/usr/bin:/bin"},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def get(self, path: str, **headers: str) -> requests.Response:
        """The response of the web server without the proxy."""
        return requests.get(f"http://127.0.0.1:{self.web}{path}", headers=headers, allow_redirects=False, timeout=30)

    def is_ready(self) -> bool:
        try:
            return self.get("/-/ready").ok
        except requests.ConnectionError:
            return False

    def systemctl(self, action: str, *units: str) -> None:
        subprocess.run(
            [STAND_INS / "systemctl", action, *units],
            env=os.environ | {"MACHINE": str(self.folder), "PATH": f"{STAND_INS}:{os.environ['PATH']}"},
            check=True,
            timeout=120,
        )

    def end(self) -> None:
        self.systemctl("stop", "nginx", "portal-web", "portal-scheduler", "pgbouncer")


def _typed(terminal: int, answers: list[str]) -> str:
    """The whole output of a terminal; each line that ends with a colon is a prompt for the next input."""
    shown, until = "", monotonic() + PATIENCE
    while monotonic() < until:
        if not select([terminal], [], [], 1)[0]:
            continue
        try:
            read = os.read(terminal, 65536)
        except OSError:
            # Nobody holds its other end.
            return shown
        shown += read.decode(errors="replace")
        if shown.endswith(QUESTION) and answers:
            os.write(terminal, f"{answers.pop(0)}\n".encode())
    raise AssertionError(f"The block does not end: {shown[-3000:]}")


@contextmanager
def _own_redis(port: int) -> Iterator[None]:
    process = subprocess.Popen(
        ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def machine() -> Iterator[Machine]:
    """A machine before the block is run; it is removed at the end."""
    assert os.geteuid() == 0, "The block is run as root."
    with suppress(KeyError):
        pwd.getpwnam(ACCOUNT)
        raise AssertionError("This machine has an account `portal` already, which the test would delete.")
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="portal-machine-"))
        folder.chmod(0o755)
        stack.callback(shutil.rmtree, folder)
        made = Machine(folder, stack.enter_context(primary()))
        stack.enter_context(_own_redis(made.redis))
        made.prepare()
        stack.callback(subprocess.run, ["userdel", ACCOUNT], check=False, stderr=subprocess.DEVNULL)
        stack.callback(made.end)
        yield made
