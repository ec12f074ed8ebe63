"""Lighthouse for a phone on every kind of page. Run with `make lighthouse`, which downloads it; needs Node.

It measures time: other load on the machine makes the figures meaningless.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from tests.journeys.conftest import BROWSERS, FLAGS
from tests.journeys.pages import PAGES

PROGRAM = Path(os.environ.get("LIGHTHOUSE", "var/lighthouse/node_modules/lighthouse/cli/index.js"))
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
AT_LEAST = 98
# Results pages are noindex on purpose.
WITHOUT_SEO = ("search",)
KINDS = (
    "home",
    "section",
    "list of stories",
    "article",
    "portrait of a company",
    "event to come",
    "recap",
    "list of events",
    "month",
    "author",
    "topic",
    "search",
)
ADDRESSES = {**PAGES, "month": f"{PAGES['list of events']}?month={timezone.now():%Y-%m}"}


@pytest.mark.parametrize("kind", KINDS)
def test_page_reaches_the_scores(server, visit, capsys, kind):
    # The first request renders the pictures.
    first = visit(width=412, device_scale_factor=1.75)
    first.goto(server + ADDRESSES[kind], wait_until="networkidle")
    first.close()
    browser = next(path for name in BROWSERS if (path := shutil.which(name)))
    flags = f"--chrome-flags=--headless=new {' '.join(FLAGS)}"
    command = ["node", str(PROGRAM), server + ADDRESSES[kind], flags, f"--only-categories={','.join(CATEGORIES)}"]
    done = subprocess.run(
        [*command, "--quiet", "--output=json"],
        capture_output=True,
        check=True,
        env={**os.environ, "CHROME_PATH": browser},
    )

    report = json.loads(done.stdout)["categories"]
    scores = {name: round(report[name]["score"] * 100) for name in CATEGORIES}
    with capsys.disabled():
        sys.stdout.write(f"{kind:24} {scores}\n")
    judged = [name for name in CATEGORIES if not (name == "seo" and kind in WITHOUT_SEO)]
    assert min(scores[name] for name in judged) >= AT_LEAST, scores
