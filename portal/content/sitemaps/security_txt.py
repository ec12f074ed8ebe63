"""security.txt (RFC 9116): where to report a vulnerability."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.content.serving.editions import editions_of

# The file's validity if no date is configured.
GOOD_FOR = timedelta(days=180)


@require_safe
@cache_control(public=True, max_age=3600)
def security_txt(request: HttpRequest) -> HttpResponse:
    """The contacts in the settings. Raises Http404 if there are none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    lines = [f"Contact: {_address(contact)}" for contact in settings.SECURITY_CONTACT]
    lines.append(f"Expires: {_expiry().isoformat().replace('+00:00', 'Z')}")
    lines.append(f"Preferred-Languages: {', '.join(editions_of(request))}")
    if request.is_secure():
        lines.append(f"Canonical: {request.build_absolute_uri(request.path)}")
    for name, address in [("Policy", settings.SECURITY_POLICY), ("Encryption", settings.SECURITY_ENCRYPTION)]:
        if address:
            lines.append(f"{name}: {address}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _address(contact: str) -> str:
    return f"mailto:{contact}" if "@" in contact and ":" not in contact else contact


def _expiry() -> datetime:
    day = settings.SECURITY_EXPIRES or (timezone.now() + GOOD_FOR).date()
    return datetime.combine(day, time(), UTC)
