"""Our code in another folder, which can have a `.env` of its own."""

import shutil
from pathlib import Path

from tests.kept import ROOT


def code_in(folder: Path) -> Path:
    """Links to the code, without a `.env`; the new folder within this one that commands are run in."""
    code = folder / "code"
    (code / "portal").mkdir(parents=True)
    # The folders that these two are really in tell where the code is, and where `.env` is looked for.
    own = {ROOT / "manage.py", ROOT / "portal" / "env.py"}
    for each in own:
        shutil.copy(each, code / each.relative_to(ROOT))
    for each in {*ROOT.iterdir(), *(ROOT / "portal").iterdir()} - own - {ROOT / "portal", ROOT / ".env"}:
        (code / each.relative_to(ROOT)).symlink_to(each)
    return code
