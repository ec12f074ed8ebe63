"""What the stored backups contain: two sites, with a record of each kind that an upgrade must not lose.

At a release a backup is added, with an empty database of each kind (VENDOR: sqlite, postgresql):

    manage.py migrate && manage.py setup_editorial
    manage.py shell --no-imports -c "from tests.upgrades.contents import fill; fill()"
    manage.py backup --to var/release
    tar -C var/release -cJf tests/upgrades/backups/VERSION-VENDOR.tar.xz .

What `fill` writes is in the newest backup only: a test of something new needs the version from which on it is there.
"""

from datetime import timedelta

from django.utils import timezone

from portal.editorial.roles import Role
from tests.backups.place import fill_with_content
from tests.builders import (
    make_article,
    make_form_page,
    make_newsroom,
    make_portrait,
    make_private,
    make_recap,
    make_site,
    make_topic,
)
from tests.editorial.drafts import answer, draft, rewrite, submit

FOREIGN, IN_REVIEW, SCHEDULED, PRIVATE = "Das Stahlwerk", "Ein Entwurf", "Der Haushalt", "Nur intern"


def fill() -> None:
    fill_with_content()
    other = make_site("saar.localhost", ["de", "fr"], name="Saar")
    make_article(other.section, FOREIGN)
    make_private(make_article(other.section, PRIVATE), password="geheim")
    make_portrait(other.section, "Die Gießerin")
    make_recap(other.section, "Rückblick")
    make_topic("Stahl", code="de", slug="stahl")
    make_form_page(other.section, "Kontakt")
    people = make_newsroom(other)
    editor, approver = people[Role.EDITOR], people[Role.APPROVER]
    submit(draft(other, editor, IN_REVIEW), editor)
    in_a_lifetime = timezone.now() + timedelta(days=20_000)
    answer(submit(rewrite(draft(other, editor, SCHEDULED), editor, go_live_at=in_a_lifetime), editor), approver)
