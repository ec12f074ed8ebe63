"""A story that offers a document by email, and how a reader requests it."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from tests.builders import SampleSite, fill_in, make_article, make_gated_document, sheet_block, work_off

SECRET = b"%PDF-1.4 the detailed sheet"
QUESTIONS = [
    {"label": "Entreprise", "is_required": True, "choices": ""},
    {"label": "Secteur", "is_required": False, "choices": "Bois\nMétal"},
]


@dataclass
class OfferedSheet:
    ground: SampleSite
    document: Any
    article: Any
    block: str

    @property
    def url(self) -> str:
        return f"/{self.ground.language}/_sheets/{self.article.pk}/{self.block}/"

    def request(self, address: str = "lectrice@portal.example", reader: Any = None, **answers: Any) -> Any:
        answers = {"address": address, "answer-0": "Atelier Humbert", "purpose": "on", **answers}
        return fill_in(reader or self.ground.reader(), self.url, **answers)

    def link(self) -> str:
        """The path of the link in the newest email."""
        work_off()
        return re.search(r"https?://[^/\s]+(/\S+/_sheets/get/\S+)", mail.outbox[-1].body)[1]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def offer(ground: SampleSite, title: str = "La fiche du procédé", **values: Any) -> OfferedSheet:
    document = make_gated_document(ground, title, SECRET)
    block = sheet_block(document, **{"questions": QUESTIONS, "marketing": "J’accepte vos offres.", **values})
    article = make_article(ground.section, f"Article avec {title}", body=[block])
    return OfferedSheet(ground, document, article, block["id"])


@pytest.fixture
def sheet(lorraine) -> OfferedSheet:
    return offer(lorraine)


@pytest.fixture
def decoy(saar) -> OfferedSheet:
    return offer(saar, "Das Datenblatt")


@pytest.fixture
def list_url() -> str:
    return reverse("sheet_requests:index")
