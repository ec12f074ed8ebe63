"""Imported descriptions: text without escapes or markup, and a standfirst derived from it."""

import pytest
from django.urls import reverse

from events.importing.descriptions import standfirst_and_body
from events.models import ImportedEvent
from portal.editorial.roles import Role
from tests.builders import make_newsroom, newsroom_client
from tests.events.calendars import events_in, file_of
from tests.events.partners import NOW, basic, changed, draft, import_events, parsed

FROZEN_AT = NOW

# Outlook folds and escapes text in this way.
OUTLOOK = (
    "X-ALT-DESC;FMTTYPE=text/html:<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\">\\n<HTML>\\n<HEAD>\\n<TITLE>Avis<\r\n"
    " /TITLE>\\n</HEAD>\\n<BODY>\\n<!-- Converted from text/rtf format -->\\n\\n<P DIR=LTR>Un atelier pour les \r\n"
    " repreneurs\\, avec Bpifrance\\; entrée libre. Le dossier est dans C:\\\\notes.</P>\\n\\n<P DIR=LTR>Sur place.</P>\r\n"
    " \\n\\n</BODY>\\n</HTML>\r\n"
)  # fmt: skip
EMPTY = "X-ALT-DESC;FMTTYPE=text/html:<HTML>\\n<BODY>\\n<P DIR=LTR>&nbsp\\;</P>\\n</BODY>\\n</HTML>\r\n"
FIRST = "Un atelier pour les repreneurs, avec Bpifrance ; entrée libre."
LONG = f"{FIRST} Puis une visite. " + "Le programme est riche et la journée est longue. " * 12


def with_lines(lines: str, **properties: str) -> str:
    return basic(**properties).replace("END:VEVENT", f"{lines}END:VEVENT")


def test_outlook_html_reaches_readers_without_its_escapes(lorraine, partner):
    import_events(partner, with_lines(OUTLOOK, DESCRIPTION="Un atelier"))
    page = draft()
    page.save_revision().publish()
    text = lorraine.reader().get(lorraine.address(page)).content.decode()

    assert "repreneurs, avec Bpifrance" in text
    assert r"C:\notes" in text
    assert "Avis" not in text[text.index("<main") :]
    for escape in (r"\,", r"\;", r"\n<"):
        assert escape not in text


@pytest.mark.parametrize("lines", [EMPTY, "X-ALT-DESC;FMTTYPE=text/html:\r\n"])
def test_plain_description_is_used_if_the_html_is_empty(lines):
    event = parsed(with_lines(lines, DESCRIPTION="Une visite\\, guidée.")).events[0]

    assert event.description == "Une visite, guidée."


def test_correctly_escaped_text_is_unescaped_only_once():
    event = parsed(with_lines("X-ALT-DESC;VALUE=TEXT:<p>C:\\\\\\\\notes</p>\r\n")).events[0]

    assert event.description == r"<p>C:\\notes</p>"


@pytest.mark.parametrize(
    ("description", "standfirst"),
    [
        ("Une visite.", "Une visite."),
        (f"{FIRST}\n\n{LONG}", FIRST),
        (f"https://partner.example/1\n{FIRST}", FIRST),
        ("https://partner.example/1", ""),
        (f"<div><p><b>{FIRST}</b></p><p>Sur place.</p></div>", FIRST),
        ("<p>Thé &amp; café<br>à 9 h</p>", "Thé & café à 9 h"),
        ("mot " * 200, ""),
        (f"Voir <https://partner.example/1>. {LONG}", None),
    ],
)
def test_standfirst_has_whole_sentences_of_the_description(description, standfirst):
    found, _body = standfirst_and_body(description)

    if standfirst is None:
        assert found.endswith(".")
        assert 200 < len(found) <= 400
    else:
        assert found == standfirst


@pytest.mark.parametrize(("description", "is_missing"), [(LONG, False), ("mot " * 200, True)])
def test_checklist_accepts_a_derived_standfirst(lorraine, partner, description, is_missing):
    members = make_newsroom(lorraine)
    import_events(partner, basic(DESCRIPTION=description, LOCATION="Halle"))
    address = reverse("wagtailadmin_pages:edit", args=[ImportedEvent.objects.get().event_id])
    shown = newsroom_client(lorraine, members[Role.APPROVER]).get(address).content.decode()

    assert ("Write a standfirst" in shown) is is_missing


def test_edited_standfirst_survives_later_imports(partner):
    import_events(partner, basic(DESCRIPTION=LONG))
    page = draft()
    page.standfirst = "Notre accroche."
    page.save_revision()

    same = import_events(partner, basic(DESCRIPTION=LONG))
    changed = import_events(partner, basic(DESCRIPTION=f"Complet. {LONG}"))

    assert (same.counts["same"], same.conflicts) == (1, [])
    assert changed.counts["updated"] == 1
    assert draft().standfirst == "Notre accroche."
    assert "Complet" in str(draft().body)


# A description of a single date


@pytest.mark.parametrize(("own", "problems"), [("Apportez des bottes.", 1), ("Une  visite.", 0), ("", 0)])
def test_description_of_a_single_date_is_reported_as_omitted(own, problems):
    change = changed("20260317", "20260317T090000", f"SUMMARY:Visite\r\nDESCRIPTION:{own}")
    found = parsed(basic(RRULE="FREQ=WEEKLY;COUNT=4", DESCRIPTION="Une visite."), change)

    assert len(found.problems) == problems


# The calendar file that we serve


def test_calendar_file_of_an_imported_event_has_its_description(lorraine, partner):
    import_events(partner, basic(DESCRIPTION=LONG))
    page = draft()
    page.standfirst = ""
    page.save_revision().publish()

    assert str(events_in(file_of(lorraine, page))[0]["DESCRIPTION"]).startswith(FIRST)
