"""A request, its queued task and that task's email form one trace without personal data."""

import json

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django_tasks_db.models import DBTaskResult
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from portal.content.mail import Message, enqueue
from portal.platform.operation.traces import PARENT, RequestTraces, trace_to
from tests.builders import change, make_article, work_off
from tests.events.registering import apply, make_bookable
from tests.sink import open_sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def spans():
    exporter = InMemorySpanExporter()
    trace_to(SimpleSpanProcessor(exporter))
    yield exporter
    trace_to(None)


def named(spans, name: str) -> list:
    return [each for each in spans.get_finished_spans() if each.name.startswith(name)]


def test_request_with_a_task_and_a_mail_is_one_trace_without_persons(lorraine, spans):
    event = make_bookable(lorraine.calendar)
    spans.clear()
    apply(lorraine, event, "anna")
    work_off()

    (mail,) = named(spans, "mail")
    (task,) = (each for each in named(spans, "task deliver") if each.context.span_id == mail.parent.span_id)
    (request,) = (each for each in named(spans, "POST") if each.context.span_id == task.parent.span_id)
    assert mail.context.trace_id == task.context.trace_id == request.context.trace_id
    assert request.attributes["http.response.status_code"] == 303
    assert request.attributes["server.address"] == "lorraine.localhost"
    shown = "".join(each.to_json() for each in spans.get_finished_spans()).lower()
    assert "anna" not in shown
    assert "@" not in shown
    assert event.slug not in shown


def test_publication_is_in_the_trace(lorraine, spans):
    page = change(make_article(lorraine.section, "Le four"), title="Le four électrique")
    (publication,) = named(spans, "publish")

    assert dict(publication.attributes) == {"portal.page": page.pk, "portal.kind": "articles.ArticlePage"}


def test_failed_mail_is_traced_with_its_error_and_without_its_address(lorraine, spans, settings):
    with open_sink() as sink:
        settings.MAILERS = sink.mailers
        sink.replies["nobody@portal.example"] = "550 no such user nobody@portal.example"
        enqueue([Message("nobody@portal.example", "Lettre", "Bonjour.")])
        work_off()

    (mail,), (task,) = named(spans, "mail"), named(spans, "task deliver")
    assert mail.status.status_code == task.status.status_code == StatusCode.ERROR
    assert mail.attributes["error.type"] == "PermanentFailureError"
    assert "nobody" not in mail.to_json() + task.to_json()


def test_nothing_is_traced_by_default(lorraine):
    with pytest.raises(MiddlewareNotUsed):
        RequestTraces(lambda request: None)
    enqueue([Message("anna@portal.example", "Lettre", "Bonjour.")])

    assert PARENT not in json.dumps(DBTaskResult.objects.get().args_kwargs)
