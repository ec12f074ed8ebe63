"""The fonts have all characters of the portal's languages, and each character comes from one family."""

import re
from itertools import pairwise

import pytest
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from portal.content.records.settings import SiteSettings, Typefaces
from portal.content.serving.styles import join_parts
from portal.content.serving.theme import FACES, font_files, theme_stylesheet
from portal.content.share.faces import Face, sans, serif

FONTS = settings.BASE_DIR / "portal/static/fonts"
TOKENS = join_parts("tokens")
RULES = TOKENS.split("@font-face")[1:]
NAMES = sorted(path.stem for path in FONTS.glob("*.woff2") if not path.stem.endswith("-ext"))


def facts_of(face: str) -> dict[str, str]:
    return dict(re.findall(r"([a-z-]+): ([^;]+);", face))


@pytest.mark.parametrize("name", NAMES)
def test_narrow_space_is_narrower_than_a_space_and_can_be_seen(name):
    font = ImageFont.truetype(FONTS / f"{name}.woff2", 1000)

    assert 0.5 * font.getlength(" ") < font.getlength("\u202f") < 0.85 * font.getlength(" ")


def test_further_letters_come_from_the_same_family():
    """Browsers combine the files of a family only if their weights and style are identical."""
    faces = [facts_of(face) for face in RULES if "local(" not in face]

    assert sum("unicode-range" in face for face in faces) == len(list(FONTS.glob("*-ext.woff2")))
    for plain, with_range in pairwise(faces):
        if "unicode-range" in with_range:
            assert [plain.get(key) for key in ("font-family", "font-style", "font-weight")] == [
                with_range.get(key) for key in ("font-family", "font-style", "font-weight")
            ]


@pytest.mark.parametrize("typefaces", Typefaces)
def test_site_in_other_typefaces_loads_these_only(typefaces):
    look = SiteSettings(typefaces=typefaces)

    used = set(re.findall(r"var\(--([a-z-]+)\)", theme_stylesheet(look)))
    assert {f"fonts/{face}.woff2" for face in used} == set(font_files(look))
    assert all(f"--{face}: " in TOKENS and f'url("../fonts/{face}.woff2")' in TOKENS for face in used)


@pytest.mark.parametrize("typefaces", Typefaces)
def test_fonts_of_a_page_have_at_most_120_kib(typefaces):
    weight = sum(
        (settings.BASE_DIR / "portal/static" / file).stat().st_size
        for file in font_files(SiteSettings(typefaces=typefaces))
    )

    assert weight <= 120 * 1024


def test_each_choice_of_typefaces_is_different():
    assert len(set(FACES.values())) == len(Typefaces)


@pytest.mark.parametrize("letter", "ŁŠĞşœé")
@pytest.mark.parametrize("face", [serif, sans])
def test_share_images_write_the_letters_of_neighbours(face, letter):
    """A character that a font lacks is drawn as the same empty box as a character that no font has."""
    assert written(face(40), letter) != written(face(40), "\uffff")


def written(face: Face, text: str) -> bytes:
    canvas = Image.new("L", (60, 60))
    face.write(ImageDraw.Draw(canvas), 0, 50, text, "white", "ls")
    return canvas.tobytes()
