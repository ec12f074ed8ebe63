"""The interface speaks all of its languages, completely."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

FOLDER = Path(settings.LOCALE_PATHS[0])
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


@pytest.fixture(params=LANGUAGES)
def catalogue(request):
    return polib.pofile(str(FOLDER / request.param / "LC_MESSAGES" / "django.po"))


def test_every_string_is_translated_and_none_is_doubtful(catalogue):
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_placeholders_survive_translation(catalogue):
    wrong = []
    for entry in catalogue:
        if entry.obsolete:
            continue
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
        wrong += [entry.msgid for text in texts if text and not set(PLACEHOLDER.findall(text)) <= wanted]
    assert wrong == []


def test_compiled_catalogue_is_in_step(catalogue):
    compiled = polib.mofile(catalogue.fpath.replace(".po", ".mo"))
    assert {(entry.msgctxt, entry.msgid): entry.msgstr for entry in compiled} == {
        (entry.msgctxt, entry.msgid): entry.msgstr for entry in catalogue.translated_entries()
    }


def test_catalogue_holds_every_string_of_the_templates(catalogue):
    known = {entry.msgid for entry in catalogue if not entry.obsolete}
    used = re.compile(r"""{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
    missing = []
    for template in settings.BASE_DIR.glob("**/templates/**/*.html"):
        if ".venv" not in template.parts:
            missing += [a or b for a, b in used.findall(template.read_text()) if (a or b) not in known]
    assert missing == []
