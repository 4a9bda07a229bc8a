"""A small OpenID Connect provider on this machine: it logs in whoever a test says."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET, KID = "mrtrack", "between-us", "key-1"


class Provider:
    """Discovery, authorize, token, keys and userinfo; `claims` is who logs in next."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signs_with: Any = self.key
        self.algorithm = "RS256"
        self.token_claims: dict[str, Any] = {}
        self.page_claims: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def forget(self) -> None:
        """As it was at first."""
        self.signs_with, self.algorithm = self.key, "RS256"
        self.token_claims, self.page_claims, self.claims, self.asked = {}, {}, {}, []

    def authorize(self, address: str) -> str:
        """What a browser is led to after the person has logged in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        answer = {"code": "one-code", "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [key | {"kid": KID, "alg": "RS256", "use": "sig"}]}

    def token(self, sent: dict[str, str]) -> dict[str, Any]:
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if sent["client_secret"] != SECRET or challenge != self.asked[-1]["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        whole = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300}
        content = whole | self.claims | self.token_claims
        signed = jwt.encode(content, self.signs_with, self.algorithm, headers={"kid": KID})
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                pages = {
                    "/.well-known/openid-configuration": provider.document,
                    "/keys": provider.keys,
                    "/userinfo": lambda: provider.claims | provider.page_claims,
                }
                self._send(pages[self.path]())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                answer = provider.token({name: each[0] for name, each in parse_qs(body).items()})
                self._send(answer, 400 if "error" in answer else 200)

            def _send(self, content: dict[str, Any], status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(content).encode())

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
