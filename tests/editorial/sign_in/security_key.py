"""A software passkey that responds to any page. So the portal itself must refuse pages that browsers would refuse."""

import json
from hashlib import sha256
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

PRESENT = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class SecurityKey:
    def __init__(self, user: Any, host: str):
        self.user, self.hash = user, sha256(host.encode()).digest()
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = sha256(str(user.pk).encode()).digest()
        public = ES256.from_cryptography_key(self.key.public_key())
        known = AttestedCredentialData.create(b"\0" * 16, self.id, public)
        data = AuthenticatorData.create(self.hash, PRESENT | AuthenticatorData.FLAG.AT, 0, known)
        made = self._credential(
            clientDataJSON=CollectedClientData.create("webauthn.create", b"0" * 16, f"https://{host}"),
            attestationObject=AttestationObject.create("none", data, {}),
        )
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": made}
        )

    def answer(self, options: dict[str, Any], origin: str) -> str:
        """The browser's response to a request from a page of this origin."""
        challenge = websafe_decode(options["request_options"]["publicKey"]["challenge"])
        client = CollectedClientData.create("webauthn.get", challenge, origin)
        data = AuthenticatorData.create(self.hash, PRESENT, 1)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        handle = user_pk_to_url_str(self.user).encode()
        return json.dumps(
            self._credential(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=handle)
        )

    def _credential(self, **response: bytes) -> dict[str, Any]:
        name = websafe_encode(self.id)
        encoded = {field: websafe_encode(value) for field, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": encoded, "clientExtensionResults": {}}
