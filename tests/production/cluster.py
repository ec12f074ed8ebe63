"""A PostgreSQL server for one test, in its own folder, configured like Debian's packages."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.sink import free_port

ACCOUNT = "postgres"


def programs() -> Path:
    """The programs of the newest installed version, which Debian does not put on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    assert found, "PostgreSQL is not installed: apt-get install postgresql"
    return found[-1]


def as_postgres(*command: str | Path, **environment: str) -> str:
    """The output of a command run as PostgreSQL's account, because servers refuse to run as root."""
    done = subprocess.run(
        ["runuser", "-u", ACCOUNT, "--", *command],
        cwd="/",
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"
    return done.stdout


@dataclass(frozen=True)
class Cluster:
    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        log = self.folder / "log"
        start = (programs() / "pg_ctl", "start", "-w", "-D", self.data, "-l", log)
        try:
            as_postgres(*start, "-o", f"{options} -c fsync=off")
        except AssertionError as error:
            error.add_note(log.read_text()[-3000:])
            raise

    def stop(self, mode: str = "fast") -> None:
        as_postgres(programs() / "pg_ctl", "stop", "-w", "-D", self.data, "-m", mode)

    def run(self, statement: str, database: str = "postgres") -> str:
        """The output of psql as the superuser, through the socket."""
        command = (programs() / "psql", "-h", self.folder, "-p", str(self.port), "-qAtX", "-c", statement, database)
        return as_postgres(*command).strip()

    def url(self, database: str, role: str = ACCOUNT, password: str = "") -> str:
        return f"postgres://{role}{f':{password}' if password else ''}@127.0.0.1:{self.port}/{database}"


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder owned by PostgreSQL's account, because pytest's own folders are closed to all but root."""
    folder = Path(tempfile.mkdtemp(prefix="portal-cluster-"))
    shutil.chown(folder, ACCOUNT, ACCOUNT)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _started(cluster: Cluster) -> Iterator[Cluster]:
    cluster.start()
    try:
        yield cluster
    finally:
        if (cluster.data / "postmaster.pid").exists():
            cluster.stop("immediate")


@contextmanager
def primary(local: str = "peer", host: str = "scram-sha-256") -> Iterator[Cluster]:
    """A server with the authentication rules of a fresh Debian, or those of `local` and `host`."""
    with _folder() as folder:
        cluster = Cluster(folder, free_port())
        ways = (f"--auth-local={local}", f"--auth-host={host}")
        as_postgres(programs() / "initdb", "-D", cluster.data, "-U", ACCOUNT, "-E", "UTF8", "--no-sync", *ways)
        with _started(cluster):
            yield cluster


@contextmanager
def replica_of(source: Cluster) -> Iterator[Cluster]:
    """A streaming replica of the source."""
    with _folder() as folder:
        cluster = Cluster(folder, free_port())
        from_source = ("-h", source.folder, "-p", str(source.port), "-U", ACCOUNT)
        as_postgres(programs() / "pg_basebackup", *from_source, "-D", cluster.data, "-R", "-c", "fast", "--no-sync")
        with _started(cluster):
            yield cluster
