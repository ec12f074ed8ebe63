"""A daily check shows whether each host has DNS, a certificate and a response; the status warns in time."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Site

from portal.content.records.hosts import FurtherHost
from portal.platform.tasks.periodic import periodic_tasks
from portal.sites.hosts import checking
from portal.sites.hosts.checking import certificates, check_due_hosts, check_host
from portal.sites.hosts.views import hosts_of
from portal.sites.models import HostProblem, HostState
from tests.builders import make_member, newsroom_client

NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Callable[..., tuple[int, ssl.SSLContext]]]:
    """Starts servers with a certificate; each has a port and a context that trusts it."""
    with ExitStack() as stack:

        def start(days: int = 60, name: str = "localhost", reply: bytes = REPLY) -> tuple[int, ssl.SSLContext]:
            key = ec.generate_private_key(ec.SECP256R1())
            subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
            now = datetime.now(UTC)
            made = (
                x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
                .not_valid_before(now - timedelta(days=90))
                .not_valid_after(now + timedelta(days=days))
                .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
                .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                .sign(key, hashes.SHA256())
            )
            file = tmp_path / f"{name}{days}.pem"
            plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(file)
            listening = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
            Thread(target=_serve_once, args=(listening, context, reply), daemon=True).start()
            return listening.getsockname()[1], ssl.create_default_context(cafile=str(file))

        yield start


def _serve_once(listening: socket.socket, context: ssl.SSLContext, reply: bytes) -> None:
    try:
        with context.wrap_socket(listening.accept()[0], server_side=True) as client:
            client.recv(65_536)
            client.sendall(reply)
    except OSError:
        pass


@pytest.fixture(autouse=True)
def resolved_here(monkeypatch) -> None:
    """`localhost` has one address, and no other host has any."""

    def found(host, port, *args, **kwargs):
        if host not in ("localhost", "127.0.0.1"):
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)


class TestOneHost:
    def test_answering_host_has_its_addresses_and_the_end_of_its_certificate(self, server):
        port, trusted = server(days=60)

        state = check_host("localhost", NOW, port=port, trusted=trusted)

        assert (state.problem, state.addresses) == (HostProblem.NONE, "127.0.0.1")
        assert (state.certificate_until - datetime.now(UTC)).days in (59, 60)

    def test_expired_certificate_is_invalid(self, server):
        port, trusted = server(days=-1)

        assert check_host("localhost", NOW, port=port, trusted=trusted).problem == HostProblem.CERTIFICATE

    def test_certificate_of_another_host_is_invalid(self, server):
        port, trusted = server(name="other.example")

        assert check_host("localhost", NOW, port=port, trusted=trusted).problem == HostProblem.CERTIFICATE

    def test_certificate_of_an_unknown_authority_is_invalid(self, server):
        port, _trusted = server()

        assert check_host("localhost", NOW, port=port).problem == HostProblem.CERTIFICATE

    def test_server_without_a_response_does_not_answer(self, server):
        port, trusted = server(reply=b"")

        assert check_host("localhost", NOW, port=port, trusted=trusted).problem == HostProblem.CONNECTION

    def test_closed_port_does_not_answer(self):
        with closing(socket.create_server(("127.0.0.1", 0))) as listening:
            port = listening.getsockname()[1]

        assert check_host("localhost", NOW, port=port).problem == HostProblem.CONNECTION

    def test_host_without_an_address_is_named_so(self):
        assert check_host("nowhere.example", NOW).problem == HostProblem.DNS


@pytest.fixture
def checked(lorraine, saar, settings, monkeypatch) -> list[str]:
    """The hosts that were checked, each with a certificate for 60 days."""
    settings.HOST_CHECKS = True
    Site.objects.filter(pk=lorraine.site.pk).update(hostname="lorraine.example")
    FurtherHost.objects.create(hostname="bare.example", site=lorraine.site)
    found: list[str] = []

    def check(host: str, now: datetime) -> HostState:
        found.append(host)
        return HostState(
            hostname=host, checked_at=now, addresses="192.0.2.1", certificate_until=now + timedelta(days=60)
        )

    monkeypatch.setattr(checking, "check_host", check)
    return found


class TestAllHosts:
    def test_main_and_further_hosts_are_checked_once_a_day(self, checked):
        for hours in (0, 1, 23, 24):
            check_due_hosts(NOW + timedelta(hours=hours))

        assert sorted(checked) == ["bare.example", "bare.example", "lorraine.example", "lorraine.example"]

    def test_hosts_of_this_machine_are_never_checked(self, checked):
        check_due_hosts(NOW)

        assert "saar.localhost" not in checked

    def test_nothing_is_checked_where_it_is_turned_off(self, checked, settings):
        settings.HOST_CHECKS = False
        check_due_hosts(NOW)

        assert checked == []
        assert certificates(NOW).is_untried

    def test_former_host_is_forgotten(self, checked):
        check_due_hosts(NOW)
        FurtherHost.objects.all().delete()
        check_due_hosts(NOW)

        assert [state.hostname for state in HostState.objects.all()] == ["lorraine.example"]

    def test_a_network_is_checked_in_several_runs(self, checked, lorraine):
        names = [f"host-{number:02}.example" for number in range(checking.MAX_AT_ONCE)]
        FurtherHost.objects.bulk_create(FurtherHost(hostname=name, site=lorraine.site) for name in names)

        check_due_hosts(NOW)
        assert len(checked) == checking.MAX_AT_ONCE
        check_due_hosts(NOW)
        assert len(set(checked)) == len(checked) == checking.MAX_AT_ONCE + 2

    def test_scheduler_checks_them(self):
        assert "portal.sites.periodic.check_hosts" in [task.name for task in periodic_tasks()]


class TestStatus:
    def test_certificates_with_time_left_are_well(self, checked):
        check_due_hosts(NOW)

        found = certificates(NOW)
        assert found.is_well
        assert found.figures == {"bad": 0, "days": 60}

    @pytest.mark.parametrize(("days", "is_well"), [(15, True), (13, False), (-1, False)])
    def test_warning_comes_14_days_before_the_end(self, checked, days, is_well):
        check_due_hosts(NOW)
        HostState.objects.filter(hostname="bare.example").update(certificate_until=NOW + timedelta(days=days))

        with override("en"):
            found = certificates(NOW)
        assert found.is_well is is_well
        assert ("bare.example" in found.text) is not is_well

    def test_invalid_certificate_is_a_warning(self, checked):
        check_due_hosts(NOW)
        HostState.objects.filter(hostname="bare.example").update(
            certificate_until=None, problem=HostProblem.CERTIFICATE
        )

        assert not certificates(NOW).is_well

    @pytest.mark.parametrize("problem", [HostProblem.DNS, HostProblem.CONNECTION])
    def test_host_that_is_not_there_yet_is_no_warning(self, checked, problem):
        check_due_hosts(NOW)
        HostState.objects.update(certificate_until=None, problem=problem)

        assert certificates(NOW).is_well


class TestList:
    def test_list_shows_the_last_check_and_checks_nothing(self, checked, saar):
        check_due_hosts(NOW)
        HostState.objects.filter(hostname="bare.example").update(problem=HostProblem.DNS, addresses="192.0.2.7")
        checked.clear()
        client = newsroom_client(saar, make_member("admin", is_superuser=True))

        page = client.get(reverse("hosts"))

        rows = {row.host: row.state for each in page.context["sites"] for row in each.rows}
        assert rows["bare.example"].problem == HostProblem.DNS
        assert rows["saar.localhost"] is None
        assert "192.0.2.7" in page.content.decode()
        assert checked == []

    def test_number_of_queries_does_not_depend_on_the_number_of_hosts(self, checked, saar):
        counts = []
        for number in (1, 20):
            names = [f"host-{number}-{each}.example" for each in range(number)]
            FurtherHost.objects.bulk_create(FurtherHost(hostname=name, site=saar.site) for name in names)
            with CaptureQueriesContext(connection) as captured:
                hosts_of(list(Site.objects.order_by("pk")))
            counts.append(len(captured))

        assert counts[0] == counts[1]
