"""People are invited by name and email, with the sections named in their languages."""

from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.urls import reverse

from portal.editorial.roles import Role
from tests.editorial.site_admin.test_site_admin import code

USERS = get_user_model().objects


def test_person_is_invited_by_name_and_mail(lorraine, administrator):
    form = BeautifulSoup(administrator.get(reverse("site_accounts_add")).content, "html.parser")
    asked = [field["name"] for field in form.select("main form [name]") if field.get("type") != "hidden"]
    assert set(asked) == {"first_name", "last_name", "email", "roles"}

    for number, first in enumerate(("Éloïse", "ELOISE", "Éloïse"), 1):
        facts = {"first_name": first, "last_name": "D’Arc", "email": f"eloise{number}@example.org"}
        administrator.post(reverse("site_accounts_add"), {**facts, "roles": [code(lorraine, Role.EDITOR)]})

    names = USERS.filter(email__startswith="eloise").order_by("email").values_list("username", flat=True)
    assert list(names) == ["eloise.darc", "eloise.darc-2", "eloise.darc-3"]


def test_sections_are_named_with_their_languages(lorraine, saar, administrator):
    form = BeautifulSoup(administrator.get(reverse("site_accounts_add")).content, "html.parser")
    box = form.select_one(f"input[value='{code(lorraine, Role.REVIEWER, lorraine.section.pk)}']")

    names = [f"{lorraine.sections[language].title} ({name})" for language, name in (("fr", "French"), ("de", "German"))]
    assert box.find_parent("label").get_text(strip=True) == " · ".join(names)


def test_closed_account_is_explained_in_the_words_of_the_newsroom(administrator, editor):
    html = administrator.get(reverse("site_accounts_edit", args=[editor.pk])).content.decode()

    assert "May sign in" in html
    assert "Designates whether" not in html
