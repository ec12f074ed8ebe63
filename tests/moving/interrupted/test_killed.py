"""An import that was killed at any point and run again gives the same result as an uninterrupted one."""

import json

from tests.database_copies import finished

KILLS = 20


def test_killed_import_that_runs_again_equals_a_single_run(installation, db, tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    process = installation.start(
        "-m",
        "tests.moving.interrupted.killed",
        str(KILLS),
        str(folder),
        DJANGO_SETTINGS_MODULE="portal.settings",
        LOG_LEVEL="ERROR",
    )

    found = json.loads(finished(process, 900).splitlines()[-1])

    assert len(found["points"]) == KILLS
    assert found["differing"] == {}
