"""Helpers: what the newsroom does with letters, and the mails that readers get."""

from django.urls import reverse

from events.models import EventLetter
from tests.events.registering import html, sent_mails

TEXT = {"subject": "La salle a changé", "text": "Entrez par la cour :\nhttps://plan.example/cour"}


def write(client, event, **facts) -> EventLetter:
    response = client.post(reverse("registrations:add_letter", args=[event.pk]), {**TEXT, **facts})
    assert response.status_code == 302, html(response).select(".error-message, .errorlist")
    return EventLetter.objects.latest("pk")


def act(client, letter, action, **facts):
    return client.post(reverse("registrations:letter", args=[letter.pk]), {"action": action, **facts}, follow=True)


def shown(client, letter):
    return html(client.get(reverse("registrations:letter", args=[letter.pk])))


def approve(client, letter):
    seen = shown(client, letter).select_one("[name=seen]")
    return act(client, letter, "approve", seen=seen["value"] if seen else "")


def send_back(client, letter, remark="Quelle cour ?"):
    seen = shown(client, letter).select_one("[name=seen]")
    return act(client, letter, "return", seen=seen["value"] if seen else "", remark=remark)


def dashboard(client) -> str:
    return html(client.get("/admin/")).select_one("main").decode()


def to_readers() -> list[str]:
    names = sorted(message.to[0].partition("@")[0] for message in sent_mails())
    return [name for name in names if name in ("anna", "berta", "carla", "decoy")]
