"""Reports errors to Sentry, or a service with its protocol, without personal data."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

from portal.platform.addresses import mask_addresses


def options(address: str) -> dict[str, Any]:
    return {
        "dsn": address,
        # Variables, bodies and queries may contain user input.
        "data_collection": {
            "user_info": False,
            "http_bodies": [],
            "stack_frame_variables": False,
            "database_query_data": False,
        },
        "max_breadcrumbs": 0,
        "before_send": remove_personal_data,
        "server_name": "",
    }


def remove_personal_data(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Remove personal data from an event. A request keeps only method and host: its path may contain a token."""
    event.pop("user", None)
    if request := event.get("request"):
        host = urlsplit(request.get("url", ""))._replace(path="/", query="", fragment="")
        event["request"] = {"method": request.get("method", ""), "url": urlunsplit(host)}
    for error in event.get("exception", {}).get("values", []):
        error["value"] = mask_addresses(error.get("value") or "")
    if entry := event.get("logentry"):
        event["logentry"] = {"message": mask_addresses(entry.get("formatted") or entry.get("message") or "")}
    return event


def report_errors(address: str) -> None:
    """Start reporting in this process. Raises ImproperlyConfigured if the extra is not installed."""
    if not address:
        return
    try:
        # Most installations do not install this extra.
        import sentry_sdk
    except ImportError as error:
        raise ImproperlyConfigured(
            "SENTRY_DSN needs the extra: sh portal/bootstrap.sh --no-dev --extra sentry"
        ) from error
    sentry_sdk.init(**options(address))
