"""A test SAML 2.0 identity provider, with responses like those of common products.

It signs with a different library from the one that the portal uses to verify.
"""

import base64
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree
from signxml import CanonicalizationMethod, XMLSigner

from tests.editorial.sign_in.openid_provider import served

SAML = "urn:oasis:names:tc:SAML:2.0:"
NAMES = {"samlp": f"{SAML}protocol", "saml": f"{SAML}assertion"}
PLACE = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="placeholder"/>'
# The name of the provider's own key.
OWN = "idp.example"
XENC = "http://www.w3.org/2001/04/xmlenc#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"


@cache
def key_and_certificate(name: str) -> tuple[rsa.RSAPrivateKey, str]:
    key, subject = rsa.generate_private_key(65537, 2048), x509.Name.from_rfc4514_string(f"CN={name}")
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.PEM).decode()


def _time(minutes: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def key_in_words(name: str) -> str:
    """The private key in the format that operators use."""
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key_and_certificate(name)[0].private_bytes(*form).decode()


def _encrypted(assertion: str, key: rsa.RSAPublicKey) -> str:
    """The element encrypted with AES-256-GCM, and its key with RSA-OAEP (XML Encryption 1.1)."""
    once, nonce = os.urandom(32), os.urandom(12)
    wrapped = key.encrypt(once, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
    value, key_value = (
        f"<e:CipherData><e:CipherValue>{base64.b64encode(each).decode()}</e:CipherValue></e:CipherData>"
        for each in (nonce + AESGCM(once).encrypt(nonce, assertion.encode(), None), wrapped)
    )
    return f"""<saml:EncryptedAssertion xmlns:saml="{NAMES["saml"]}"><e:EncryptedData xmlns:e="{XENC}" Type="{XENC}Element">
<e:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>
<d:KeyInfo xmlns:d="http://www.w3.org/2000/09/xmldsig#"><e:EncryptedKey>
<e:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"/>{key_value}</e:EncryptedKey></d:KeyInfo>{value}
</e:EncryptedData></saml:EncryptedAssertion>"""


@dataclass
class Person:
    """The provider's data about a person; each attribute has its values."""

    attributes: dict[str, list[str]] = field(default_factory=dict)
    name: str = "G-7"
    format: str = f"{SAML}nameid-format:persistent"
    context: str = f"{SAML}ac:classes:PasswordProtectedTransport"


@dataclass
class SamlProvider:
    """`signs` names the signed elements, `encrypts_for` the key for which assertions are encrypted."""

    address: str = "https://idp.example"
    person: Person = field(default_factory=Person)
    signs: tuple[str, ...] = ("Assertion",)
    encrypts_for: str = ""

    def facts(self) -> dict[str, str]:
        """The provider's settings as in the operator's file."""
        return {
            "entity_id": f"{self.address}/entity",
            "sso_url": f"{self.address}/sso",
            "slo_url": f"{self.address}/slo",
            "x509cert": key_and_certificate(OWN)[1],
        }

    def response(self, location: str, key: str = OWN, repeats: bool = False, **changes: Any) -> str:
        """The response to the request in `location`, in base64.

        `changes` replace values of the response; None leaves a value out. `repeats` sends each value of an attribute as
        a separate attribute, as Keycloak does.
        """
        request = read_request(location)
        own = {
            "request": request.get("ID"),
            "around": request.get("ID"),
            "back": request.get("AssertionConsumerServiceURL"),
            "audience": request.findtext("saml:Issuer", namespaces=NAMES),
            "issuer": f"{self.address}/entity",
            "minutes": 5,
        }
        facts = own | changes
        assertion = self._signed("Assertion", self._assertion(facts, repeats), key)
        if self.encrypts_for:
            assertion = _encrypted(assertion, key_and_certificate(self.encrypts_for)[0].public_key())
        return base64.b64encode(self._signed("Response", self._around(facts, assertion), key).encode()).decode()

    def _signed(self, element: str, xml: str, key: str) -> str:
        if element not in self.signs:
            return xml.replace(PLACE, "")
        private, certificate = key_and_certificate(key)
        signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
        root = etree.fromstring(xml)
        signed = signer.sign(root, key=private, cert=certificate, reference_uri=root.get("ID"), id_attribute="ID")
        return etree.tostring(signed).decode()

    def _assertion(self, facts: dict[str, Any], repeats: bool) -> str:
        person, end = self.person, _time(facts["minutes"])
        request = f' InResponseTo="{facts["request"]}"' if facts["request"] else ""
        audience = (
            f"<saml:AudienceRestriction><saml:Audience>{facts['audience']}</saml:Audience></saml:AudienceRestriction>"
        )
        lists = [(name, [value]) for name, all_values in person.attributes.items() for value in all_values]
        attributes = "".join(
            f'<saml:Attribute Name="{escape(name)}">'
            + "".join(f"<saml:AttributeValue>{escape(value)}</saml:AttributeValue>" for value in values)
            + "</saml:Attribute>"
            for name, values in (lists if repeats else person.attributes.items())
        )
        return f"""<saml:Assertion xmlns:saml="{NAMES["saml"]}" ID="a{uuid4().hex}" Version="2.0" IssueInstant="{_time()}">
<saml:Issuer>{facts["issuer"]}</saml:Issuer>{PLACE}<saml:Subject>
<saml:NameID Format="{person.format}">{escape(person.name)}</saml:NameID>
<saml:SubjectConfirmation Method="{SAML}cm:bearer"><saml:SubjectConfirmationData{request} NotOnOrAfter="{end}"
 Recipient="{facts["back"]}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{_time(-60)}" NotOnOrAfter="{end}">{audience if facts["audience"] else ""}</saml:Conditions>
<saml:AuthnStatement AuthnInstant="{_time()}" SessionIndex="s1"><saml:AuthnContext>
<saml:AuthnContextClassRef>{person.context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>
<saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"""

    def _around(self, facts: dict[str, Any], assertion: str) -> str:
        request = f' InResponseTo="{facts["around"]}"' if facts["around"] else ""
        return f"""<samlp:Response xmlns:samlp="{NAMES["samlp"]}" xmlns:saml="{NAMES["saml"]}" ID="r{uuid4().hex}"
 Version="2.0" IssueInstant="{_time()}" Destination="{facts["back"]}"{request}><saml:Issuer>{facts["issuer"]}</saml:Issuer>
{PLACE}<samlp:Status><samlp:StatusCode Value="{SAML}status:Success"/></samlp:Status>{assertion}</samlp:Response>"""

    def logout(self, address: str, signed: bool = True) -> dict[str, str]:
        """The query of the provider's sign-out request for a browser."""
        xml = f"""<samlp:LogoutRequest xmlns:samlp="{NAMES["samlp"]}" xmlns:saml="{NAMES["saml"]}" ID="l{uuid4().hex}"
 Version="2.0" IssueInstant="{_time()}" Destination="{address}"><saml:Issuer>{self.address}/entity</saml:Issuer>
<saml:NameID Format="{self.person.format}">{self.person.name}</saml:NameID></samlp:LogoutRequest>"""
        query = {"SAMLRequest": base64.b64encode(zlib.compress(xml.encode())[2:-4]).decode()}
        if signed:
            query["SigAlg"] = RSA_SHA256
            text = urlencode(query, quote_via=quote, safe="").encode()
            signature = key_and_certificate(OWN)[0].sign(text, padding.PKCS1v15(), hashes.SHA256())
            query["Signature"] = base64.b64encode(signature).decode()
        return query

    def metadata(self) -> str:
        certificate = "".join(key_and_certificate(OWN)[1].split("\n")[1:-2])
        return f"""<md:EntityDescriptor xmlns:md="{SAML}metadata" entityID="{self.address}/entity">
<md:IDPSSODescriptor protocolSupportEnumeration="{NAMES["samlp"]}"><md:KeyDescriptor use="signing">
<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate>
</ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService Binding="{SAML}bindings:HTTP-Redirect"
 Location="{self.address}/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>"""


def read_request(location: str) -> Any:
    """The sign-in request, from the URL to which the browser is redirected."""
    sent = parse_qs(urlsplit(location).query)["SAMLRequest"][0]
    return etree.fromstring(zlib.decompress(base64.b64decode(sent), -15))


@contextmanager
def started() -> Iterator[SamlProvider]:
    """The provider as a server, where the person presses a button."""
    provider = SamlProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/metadata":
                media_type, body = "application/samlmetadata+xml", provider.metadata()
            else:
                back = read_request(self.path).get("AssertionConsumerServiceURL")
                media_type, body = (
                    "text/html",
                    (
                        f'<!doctype html><title>IdP</title><form method="post" action="{escape(back)}">'
                        f'<input type="hidden" name="SAMLResponse" value="{provider.response(self.path)}">'
                        "<button>Sign in here</button></form>"
                    ),
                )
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: Any) -> None:
            """Print nothing."""

    with served(Handler) as provider.address:
        yield provider
