"""Fake Microsoft login: signing keys of the channel, access tokens for the bot.

It signs with real RSA keys, so that what is checked in tests is checked as in production.
"""

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from bot.sandbox.fake_teams.world import Json

ISSUER = "https://api.botframework.com"
_LOGIN_ISSUER = "https://sts.windows.net/fake/"


@cache
def rsa_key(key_id: str) -> RSAPrivateKey:
    """Making one takes a tenth of a second: one a name and process."""
    return generate_private_key(public_exponent=65537, key_size=2048)


class FakeLogin:
    def __init__(self, app_id: str, password: str, clock: Callable[[], float] = time.time) -> None:
        self.app_id = app_id
        self.password = password
        self.key_id = "key-1"
        self.endorsements: list[str] = ["msteams"]
        self.token_life_s = 3599
        self.tenant = "botframework.com"
        self._clock = clock
        self._issued = 0
        self._revoked_up_to = 0
        self._accepted: dict[str, Json] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/openid", self._metadata, name="openid"),
            web.get("/keys", self._keys, name="keys"),
            web.post("/login/{tenant}/oauth2/v2.0/token", self._token, name="token"),
        ]

    def channel_token(self, service_url: str, **changes: Any) -> str:
        """What Teams puts before an activity. `changes` to the claims make a bad one; None leaves one out."""
        now = int(self._clock())
        claims = {"serviceurl": service_url, "nbf": now, "exp": now + 3600, "iss": ISSUER, "aud": self.app_id}
        return self.sign({name: value for name, value in (claims | changes).items() if value is not None})

    def sign(self, claims: Mapping[str, Any], key_id: str | None = None) -> str:
        key_id = key_id or self.key_id
        return jwt.encode(dict(claims), rsa_key(key_id), algorithm="RS256", headers={"kid": key_id})

    def rotate(self, key_id: str) -> None:
        self.key_id = key_id

    def revoke(self) -> None:
        """No access token given out until now is good any more."""
        self._revoked_up_to = self._issued

    def accepts(self, authorization: str) -> bool:
        token = authorization.removeprefix("Bearer ")
        try:
            claims = self._accepted.get(token) or self._read(token)
        except jwt.PyJWTError:
            return False
        self._accepted[token] = claims  # reading takes longer than all else that a call does here
        return int(claims["jti"]) > self._revoked_up_to and int(claims["exp"]) > time.time()

    def _read(self, token: str) -> Json:
        key = rsa_key("login").public_key()
        return jwt.decode(token, key, algorithms=["RS256"], audience=ISSUER, issuer=_LOGIN_ISSUER)

    async def _metadata(self, request: web.Request) -> web.Response:
        return web.json_response({"issuer": ISSUER, "jwks_uri": str(request.url.origin() / "keys")})

    async def _keys(self, _: web.Request) -> web.Response:
        key: Json = RSAAlgorithm.to_jwk(rsa_key(self.key_id).public_key(), as_dict=True)
        named = {"kid": self.key_id, "use": "sig", "endorsements": self.endorsements}
        return web.json_response({"keys": [key | named]})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if request.match_info["tenant"] != self.tenant:
            return _oauth_error(400, "invalid_request", "AADSTS90002: Tenant not found.")
        if form.get("client_id") != self.app_id:
            return _oauth_error(400, "unauthorized_client", "AADSTS700016: Application was not found.")
        if form.get("client_secret") != self.password:
            return _oauth_error(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
        scope = str(form.get("scope", ""))
        if form.get("grant_type") != "client_credentials" or not scope.endswith("/.default"):
            return _oauth_error(400, "invalid_scope", "AADSTS1002012: The scope is not valid.")
        return web.json_response(self._access(scope.removesuffix("/.default")))

    def _access(self, audience: str) -> Json:
        self._issued += 1
        claims = {
            "iss": _LOGIN_ISSUER,
            "aud": audience,
            "appid": self.app_id,
            "exp": int(self._clock()) + self.token_life_s,
            "jti": str(self._issued),
        }
        token = self.sign(claims, "login")
        return {"token_type": "Bearer", "expires_in": self.token_life_s, "access_token": token}


def _oauth_error(status: int, error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=status)
