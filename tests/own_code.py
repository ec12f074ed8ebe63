"""A copy of our code in another folder, which can have its own `.env`."""

import shutil
from pathlib import Path

from tests.database_copies import ROOT


def code_in(folder: Path) -> Path:
    """Symbolic links to the code, without `.env`; and the subfolder in which commands run."""
    code = folder / "code"
    (code / "portal").mkdir(parents=True)
    # Python locates the code and `.env` by the real folder of these two.
    own = {ROOT / "manage.py", ROOT / "portal" / "env.py"}
    for each in own:
        shutil.copy(each, code / each.relative_to(ROOT))
    for each in {*ROOT.iterdir(), *(ROOT / "portal").iterdir()} - own - {ROOT / "portal", ROOT / ".env"}:
        (code / each.relative_to(ROOT)).symlink_to(each)
    return code
