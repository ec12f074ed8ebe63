"""The side-by-side translation page, open in a browser."""

import json

from bs4 import BeautifulSoup
from django.urls import reverse

from tests.editorial.actions import reload

WOOD = {
    "type": "paragraph",
    "id": "11111111-1111-4111-8111-111111111111",
    "value": '<p>Le bois <b>recrute</b>, dit <a href="https://bois.example/">la filière</a>.</p><p>Et vite.</p>',
}
QUOTE = {
    "type": "quote",
    "id": "33333333-3333-4333-8333-333333333333",
    "value": {"text": "On embauche.", "source": "Ada"},
}


class Window:
    """The page open in a browser: its fields, which can be filled in and sent."""

    def __init__(self, client, page):
        self.client, self.page, self.address = client, page, reverse("translate_page", args=[page.pk])
        self.show(client.get(self.address))

    def show(self, response):
        assert response.status_code == 200, response.status_code
        self.html = BeautifulSoup(response.content, "html.parser")
        form = self.html.select_one("form#w-editor-form")
        self.fields = {
            field["name"]: field.get("value", "") if field.name == "input" else field.text.removeprefix("\n")
            for field in form.select("input[name], textarea[name]")
            if field.get("type") != "checkbox" or field.has_attr("checked")
        }
        return self

    def number(self, label, nth=0):
        found = [each["id"].split("-")[1] for each in self.html.select(".passage__label") if each.text == label]
        return found[nth]

    def write(self, label, text, nth=0):
        self.fields[f"passage-{self.number(label, nth)}-text"] = text

    def confirm(self, label, nth=0):
        self.fields[f"passage-{self.number(label, nth)}-confirmed"] = "on"

    def send(self, button="save", value="1", **headers):
        return self.client.post(self.address, {**self.fields, button: value}, **headers)

    def autosave(self):
        response = self.send(headers={"accept": "application/json"}).json()
        assert response["success"], response
        return response

    def states(self):
        return [
            (row.select_one(".passage__label").text, row.select_one(".passage-state")["class"][1].split("--")[1])
            for row in self.html.select(".passage")
        ]

    @property
    def count(self):
        return " ".join(self.html.select_one(".side-by-side__count").text.split())


def rich(*paragraphs):
    """The submitted value of a rich text field."""
    blocks = [
        {"key": f"k{n}", "type": "unstyled", "text": text, "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
        for n, text in enumerate(paragraphs)
    ]
    return json.dumps({"blocks": blocks, "entityMap": {}})


def draft_of(page):
    return reload(page).get_latest_revision_as_object()


def fill_in(window):
    """Translate everything."""
    for label, text in [("Title", "Holz"), ("Standfirst", "Hundert Stellen."), ("Alternative text", "Ein Sägewerk")]:
        window.write(label, text)
    window.write("Paragraph", rich("Das Holz stellt ein."))
    window.write("Paragraph", rich("Und schnell."), nth=1)
    window.write("Quote · Text", "Wir stellen ein.")
    window.confirm("Quote · Who says it")
