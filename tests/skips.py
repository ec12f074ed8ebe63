"""Reports skipped tests with instructions to run them, and fails if no test may be skipped."""

import pytest

INSTALL_CHROMIUM = (
    "Debian or Ubuntu: apt install chromium-headless-shell; Fedora: dnf install chromium; macOS: brew install chromium"
)


def pytest_addoption(parser):
    parser.addoption("--no-skips", action="store_true", help="Fail if any test is skipped.")


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--no-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    journeys = sum("journeys" in report.nodeid for report in skipped)
    if skipped and config.getoption("--no-skips"):
        reporter.write_line(f"{len(skipped)} tests were skipped, and none may be here.", red=True)
    if journeys:
        reporter.write_line(
            f"{journeys} browser journeys were skipped for want of Chromium. {INSTALL_CHROMIUM}", yellow=True
        )
