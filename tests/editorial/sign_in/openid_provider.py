"""A test OpenID Connect provider: everybody signs in as the person in its claims."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "portal", "a secret of the client"


@dataclass
class OpenIDProvider:
    """`id_token` and `userinfo` are the person's claims; `signed_userinfo` sends the second as a JWT."""

    address: str = ""
    id_token: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    signed_userinfo: bool = False
    # The requests received, by path.
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    key: Any = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def signed(self, claims: dict[str, Any]) -> str:
        now = int(time.time())
        facts = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, **claims}
        return jwt.encode(facts, self.key, algorithm="RS256", headers={"kid": "one"})

    def answer(self, path: str) -> tuple[str, str]:
        """The content type and the body of a response."""
        if path == "/.well-known/openid-configuration":
            pages = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            found = {f"{name}_endpoint": f"{self.address}/{page}" for name, page in pages.items()}
            return "application/json", json.dumps({"issuer": self.address, "jwks_uri": f"{self.address}/keys", **found})
        if path == "/keys":
            key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
            return "application/json", json.dumps({"keys": [{**key, "kid": "one", "alg": "RS256"}]})
        if path == "/token":
            token = {"access_token": "x", "token_type": "Bearer", "id_token": self.signed(self.id_token)}
            return "application/json", json.dumps(token)
        if self.signed_userinfo:
            return "application/jwt", self.signed(self.userinfo)
        return "application/json", json.dumps(self.userinfo)


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A local server; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def started() -> Iterator[OpenIDProvider]:
    provider = OpenIDProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            facts = {name: values[0] for name, values in parse_qs(parts.query).items()}
            provider.asked.append((parts.path, facts))
            if parts.path == "/authorize":
                self.send_response(302)
                back = urlencode({"code": "once", "state": facts["state"]})
                self.send_header("Location", f"{facts['redirect_uri']}?{back}")
                self.end_headers()
                return
            media_type, body = provider.answer(parts.path)
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.end_headers()
            self.wfile.write(body.encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            """Print nothing."""

    with served(Handler) as provider.address:
        yield provider
