"""Recordings need their text before a page goes to review, unless the site decides otherwise."""

import pytest
from django.utils import timezone
from django.utils.translation import override

from portal.editorial.approval.checklist import sorted_findings
from portal.editorial.records.site_checklist import SiteChecklist
from tests.builders import make_article
from tests.recordings.makers import make_captions, make_film, make_recording, recording_block

CODES = ("transcript", "captions")


def codes(page, place: int = 0) -> list[str]:
    with override("en"):
        found = sorted_findings(page, timezone.now(), with_advice=True)[place]
    return [finding.code for finding in found if finding.code in CODES]


def story(ground, file, **facts):
    return make_article(ground.section, body=[recording_block(file, **facts)])


def test_audio_needs_a_transcript(lorraine):
    assert codes(story(lorraine, make_recording(), transcript="")) == ["transcript"]
    assert codes(story(lorraine, make_recording(name="b.wav"), transcript="<p></p>")) == ["transcript"]


def test_audio_with_a_transcript_needs_no_captions(lorraine):
    assert codes(story(lorraine, make_recording())) == []


def test_video_needs_both(lorraine):
    assert codes(story(lorraine, make_film(), transcript="")) == ["transcript", "captions"]


def test_video_with_both_is_complete(lorraine):
    captions = [{"file": make_captions().pk, "language": "fr"}]
    assert codes(story(lorraine, make_film(), captions=captions)) == []


def test_line_leads_to_the_field(lorraine):
    page = story(lorraine, make_recording(), transcript="")
    with override("en"):
        missing, _advice = sorted_findings(page, timezone.now(), with_advice=False)
    (finding,) = [each for each in missing if each.code == "transcript"]
    assert finding.where == f"body.{page.body[0].id}.transcript"
    assert "Trois essieux à l’oreille" in finding.message


@pytest.mark.parametrize(("level", "required", "advised"), [("advice", [], ["transcript"]), ("off", [], [])])
def test_site_may_switch_the_line(lorraine, saar, level, required, advised):
    page, decoy = (
        story(lorraine, make_recording(), transcript=""),
        story(saar, make_recording(name="d.wav"), transcript=""),
    )
    SiteChecklist.objects.create(site=lorraine.site, levels={"transcript": {"article": level}})

    assert (codes(page), codes(page, 1)) == (required, advised)
    assert codes(decoy) == ["transcript"]
