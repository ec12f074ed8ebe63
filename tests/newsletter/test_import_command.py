"""`manage.py import_subscribers` adds a list of subscribers with the proof of their consent."""

import pytest
from django.core.management import CommandError, call_command

from portal.newsletter.models import Rhythm, Subscriber
from tests.newsletter.makers import make_newsletter

pytestmark = pytest.mark.django_db
PROOF = "Asked on paper at the fair of 2024: “I want the newsletter.”"


@pytest.fixture
def newsletter(lorraine):
    return make_newsletter(lorraine)


def test_command_imports_a_list(lorraine, newsletter, tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text("email\nclaire@reader.example\n")
    call_command("import_subscribers", newsletter.pk, file, proof=PROOF, rhythm="weekly")
    call_command("import_subscribers", newsletter.pk, file, proof=PROOF)

    assert "0 added, 1 known" in capsys.readouterr().out
    assert Subscriber.objects.get().rhythm == Rhythm.WEEKLY
    with pytest.raises(CommandError, match="Known"):
        call_command("import_subscribers", 0, file, proof=PROOF)
    with pytest.raises(CommandError, match="too little"):
        call_command("import_subscribers", newsletter.pk, file, proof="yes")
