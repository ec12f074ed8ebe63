"""OpenTelemetry traces without personal data: requests, the tasks that they queue, their emails, and publications.

Off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set; the other OpenTelemetry variables apply as well. Its instrumentation
for Django is not used: its spans contain URLs with secrets, client addresses and exception messages.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.tasks import TaskResultStatus
from django.tasks.signals import task_enqueued, task_finished, task_started
from wagtail.actions.publish_page_revision import PublishPageRevisionAction

# The argument of a stored task that holds its trace.
PARENT = "traceparent"
# Exception messages may contain addresses, so only the class is recorded.
WITHOUT_ERRORS = {"record_exception": False, "set_status_on_exception": False}

_tracer: Any = None
# The running tasks of this thread, nested.
_running: ContextVar[tuple[Any, ...]] = ContextVar("running", default=())


def start_tracing(endpoint: str) -> None:
    """Start tracing in this process. Raises ImproperlyConfigured if the extra is not installed."""
    if not endpoint:
        return
    try:
        # An optional extra.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise ImproperlyConfigured(
            "OTEL_EXPORTER_OTLP_ENDPOINT needs the extra: sh portal/bootstrap.sh --no-dev --extra traces"
        ) from error
    trace_to(BatchSpanProcessor(OTLPSpanExporter()))


def trace_to(processor: Any) -> None:
    """Send all spans from now on to this processor. None stops tracing."""
    global _tracer
    receivers = ((task_enqueued, _enqueued), (task_started, _started), (task_finished, _finished))
    if processor is None:
        _tracer = None
        for signal, receiver in receivers:
            signal.disconnect(receiver)
        return
    # Installed by the extra `traces` only.
    from opentelemetry.sdk.trace import TracerProvider

    os.environ.setdefault("OTEL_SERVICE_NAME", "portal")
    provider = TracerProvider()
    provider.add_span_processor(processor)
    _tracer = provider.get_tracer("portal")
    for signal, receiver in receivers:
        signal.connect(receiver)
    if not hasattr(PublishPageRevisionAction.execute, "is_traced"):
        PublishPageRevisionAction.execute = _traced_publication(PublishPageRevisionAction.execute)


@contextmanager
def span(name: str, **attributes: Any) -> Iterator[Any]:
    """A span of the trace; yields None if tracing is off."""
    if _tracer is None:
        yield None
        return
    with _tracer.start_as_current_span(name, attributes=attributes, **WITHOUT_ERRORS) as found:
        try:
            yield found
        except Exception as error:
            _fail(found, type(error).__name__)
            raise


class RequestTraces:
    """Middleware: a span for each request, with its view name and the site's host, but without its path."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]):
        if _tracer is None:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        method = request.method or ""
        with span(method, **{"http.request.method": method}) as found:
            response = self.get_response(request)
            if found is not None:
                _describe(found, request, response)
        return response


def _describe(found: Any, request: HttpRequest, response: HttpResponseBase) -> None:
    found.set_attribute("http.response.status_code", response.status_code)
    found.set_attribute("portal.request_id", getattr(request, "log_id", ""))
    if edition := getattr(request, "edition", None):
        found.set_attribute("server.address", edition.site.hostname)
    if view := getattr(request.resolver_match, "view_name", ""):
        found.set_attribute("http.route", view)
        found.update_name(f"{request.method} {view}")
    if response.status_code >= 500:
        _fail(found, str(response.status_code))


def _traced_publication(execute: Callable[..., Any]) -> Callable[..., Any]:
    def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
        with span("publish", **{"portal.page": self.object.pk, "portal.kind": self.object._meta.label}):
            return execute(self, *args, **kwargs)

    traced.is_traced = True  # type: ignore[attr-defined]
    return traced


def _enqueued(sender: Any, task_result: Any, **kwargs: Any) -> None:
    """Store the trace with a task's arguments, for the process that will run it."""
    # Installed by the extra `traces` only.
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    waiting = getattr(task_result, "db_result", None)
    if carrier and waiting is not None:
        waiting.args_kwargs[PARENT] = carrier[PARENT]
        waiting.save(update_fields=["args_kwargs"])


def _started(sender: Any, task_result: Any, **kwargs: Any) -> None:
    # Installed by the extra `traces` only.
    from opentelemetry import context, trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    waiting = getattr(task_result, "db_result", None)
    parent = waiting.args_kwargs.get(PARENT) if waiting is not None else None
    within = TraceContextTextMapPropagator().extract({PARENT: parent}) if parent else None
    attributes = {"portal.task": task_result.task.module_path, "portal.attempt": task_result.attempts}
    found = _tracer.start_span(f"task {task_result.task.name}", within, attributes=attributes)
    token = context.attach(trace.set_span_in_context(found))
    _running.set((*_running.get(), (task_result.id, found, token)))


def _finished(sender: Any, task_result: Any, **kwargs: Any) -> None:
    # Installed by the extra `traces` only.
    from opentelemetry import context

    *outer, last = _running.get() or (None,)
    if last is None or last[0] != task_result.id:
        return
    _running.set(tuple(outer))
    _number, found, token = last
    if task_result.status == TaskResultStatus.FAILED:
        _fail(found, task_result.errors[0].exception_class_path if task_result.errors else "")
    found.end()
    context.detach(token)


def _fail(found: Any, kind: str) -> None:
    # Installed by the extra `traces` only.
    from opentelemetry.trace import Status, StatusCode

    found.set_status(Status(StatusCode.ERROR))
    found.set_attribute("error.type", kind)
