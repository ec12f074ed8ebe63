"""django-allauth's SAML 2.0 views, with pages that explain failures. They need the extra `saml`."""

from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml import views
from allauth.socialaccount.sessions import SessionStore
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

# A response is stored until the browser returns for it: at most this long and this large.
SECONDS, CHARACTERS = 60, 500_000


class Answering:
    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        try:
            return super().dispatch(request, organization_slug)  # type: ignore[misc]
        except (Http404, PermissionDenied):
            raise
        except Exception as error:  # python3-saml raises no narrower exception for unreadable metadata
            provider = self.get_provider(organization_slug)  # type: ignore[attr-defined]
            return render_authentication_error(request, provider, exception=error)


@method_decorator([csrf_exempt, require_POST], name="dispatch")
class BackView(views.ACSView):
    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        self.get_app(organization_slug)
        if len(request.POST.get("SAMLResponse", "")) > CHARACTERS:
            raise RequestDataTooBig
        request.saml_acs_session = SessionStore()  # type: ignore[attr-defined]
        request.saml_acs_session.set_expiry(SECONDS)  # type: ignore[attr-defined]
        return super().dispatch(request, organization_slug)


class ReadView(Answering, views.FinishACSView):
    pass


class EndedView(Answering, views.SLSView):
    """Sign a browser out at the provider's request, if the request is signed."""

    def get_app(self, organization_slug: str) -> Any:
        app = super().get_app(organization_slug)
        app.settings["advanced"] |= {"want_message_signed": True}
        return app


class MetadataView(Answering, views.MetadataView):
    pass


back, read, ended, metadata = (view.as_view() for view in (BackView, ReadView, EndedView, MetadataView))
