"""Sign-in with SAML 2.0: identifies people, and checks the required parts of an assertion."""

from typing import Any

from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from portal.editorial.sign_in.providers.claims import AUTHN_CONTEXT

TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
ASSERTION = "/samlp:Response/saml:Assertion"
CONFIRMATIONS = f"{ASSERTION}/saml:Subject/saml:SubjectConfirmation/saml:SubjectConfirmationData"
AUDIENCES = f"{ASSERTION}/saml:Conditions/saml:AudienceRestriction/saml:Audience"


class SamlProvider(SAMLProvider):
    default_attribute_mapping = SAMLProvider.default_attribute_mapping | {
        "uid": [
            "urn:oasis:names:tc:SAML:attribute:subject-id",
            "urn:oasis:names:tc:SAML:attribute:pairwise-id",
            "http://schemas.microsoft.com/identity/claims/objectidentifier",
            "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
        ],
        # The last one is from Keycloak's own address mapper.
        "email": ["urn:oid:0.9.2342.19200300.100.1.3", f"{CLAIMS}emailaddress", "urn:oid:1.2.840.113549.1.9.1"],
        "last_name": ["urn:oid:2.5.4.4", f"{CLAIMS}surname"],
    }

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        facts = super().get_redirect_from_request_kwargs(request)
        return {**facts, "again": request.GET.get("auth_params") == "prompt=login"}

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Like django-allauth's method, but it can make the provider authenticate the person again."""
        # Installed by the extra `saml`.
        from allauth.socialaccount.providers.saml.utils import build_auth

        auth = build_auth(request, self)
        address = auth.login(return_to="", force_authn=kwargs.pop("again", False))
        self.stash_redirect_state(request, process, next_url, data, state_id=auth.get_last_request_id(), **kwargs)
        return HttpResponseRedirect(address)

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> Any:
        """Raises ValueError unless the assertion itself contains its audience and the request to which it responds.

        The library does not require these. It only compares those of the enclosing response, which may be unsigned. So
        an attacker could wrap an assertion that was sent elsewhere or earlier in a new response (SAML 2.0 Profiles,
        section 4.1.4.2).
        """
        # Installed by the extra `saml`.
        from onelogin.saml2.xml_utils import OneLogin_Saml2_XML as Xml

        document = Xml.to_etree(response.get_last_response_xml())
        requests = {found.get("InResponseTo") for found in Xml.query(document, CONFIRMATIONS)}
        if requests != {response.get_last_response_in_response_to()} or not Xml.query(document, AUDIENCES):
            raise ValueError("The assertion names no request or no audience.")
        return super().sociallogin_from_response(request, response)

    def extract_uid(self, data: Any) -> str:
        uid = super().extract_uid(data)
        if uid == data.get_nameid() and data.get_nameid_format() == TRANSIENT:
            raise ValueError("The provider sends no lasting name of the person, only a transient NameID.")
        return uid

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {**super().extract_extra_data(data), AUTHN_CONTEXT: data.get_last_authn_contexts()}
