"""Every setting, read once from the environment and typed. A wrong one stops the start with its name."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from store.sealing import Sealer

CREDENTIALS = (
    "slack_signing_secret",
    "slack_bot_token",
    "slack_client_id",
    "slack_client_secret",
    "slack_app_token",
    "microsoft_app_id",
    "microsoft_app_password",
)


class Sandbox(StrEnum):
    AUTO = "auto"
    ON = "on"
    OFF = "off"


class WrongSetting(Exception):
    """A sentence for the operator that names the setting."""


class Settings(BaseSettings):
    """Field names are the variables in lower case; each description is shown in the reference of settings."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    plaudit_host: str = Field("127.0.0.1", description="Address to listen on.")
    plaudit_port: int = Field(3978, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    plaudit_database_url: str = Field(
        "",
        description="`sqlite:///file.db` or `postgresql+psycopg://user:password@host/name`. "
        "Empty: `plaudit.db`, or `plaudit-sandbox.db` in the sandbox.",
    )
    plaudit_sandbox: Sandbox = Field(
        Sandbox.AUTO, description="`on`, `off`, or `auto`: on while no credentials are set."
    )
    plaudit_secret_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Fernet keys, comma separated: the first encrypts, all decrypt. "
        "For what is stored secret: gift codes, vendors' keys.",
    )
    plaudit_public_url: str = Field("", description="The address under which people reach this server.")
    plaudit_owners: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="E-mail addresses of the first administrators, comma separated."
    )
    plaudit_log: str = Field("info", pattern="^(debug|info|warning|error)$", description="How much is logged.")
    slack_signing_secret: str = Field("", description="From your Slack app's page, Basic Information.")
    slack_bot_token: str = Field("", description="`xoxb-...` of the one workspace, from OAuth & Permissions.")
    slack_client_id: str = Field("", description="For installing in many workspaces (later).")
    slack_client_secret: str = Field("", description="For installing in many workspaces (later).")
    slack_app_token: str = Field("", description="`xapp-...`: use Socket Mode, without a public address.")
    slack_api_url: str = Field("https://slack.com/api/", description="Another Web API, for tests.")
    microsoft_app_id: str = Field("", description="The bot's application (client) id.")
    microsoft_app_password: str = Field("", description="Its client secret.")
    microsoft_app_type: str = Field(
        "SingleTenant", pattern="^(SingleTenant|MultiTenant)$", description="`SingleTenant` or `MultiTenant`."
    )
    microsoft_app_tenant_id: str = Field("", description="The directory (tenant) id of a single-tenant app.")
    microsoft_openid_metadata_url: str = Field(
        "", description="Where the keys of incoming tokens are found; other clouds."
    )
    microsoft_login_url: str = Field("", description="Where outgoing tokens are got; other clouds.")
    microsoft_service_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further hosts that may be sent to, comma separated; other clouds."
    )

    @field_validator("plaudit_secret_keys", "plaudit_owners", "microsoft_service_hosts", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """Comma separated in the environment; blanks do not count."""
        return tuple(filter(None, (one.strip() for one in value.split(",")))) if isinstance(value, str) else value

    @field_validator("plaudit_owners")
    @classmethod
    def _lower(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one.lower() for one in value)

    @field_validator("plaudit_secret_keys")
    @classmethod
    def _keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            Sealer(value)
        except ValueError:
            # Without the keys themselves in the sentence.
            raise ValueError(
                "each is 32 random bytes in url-safe base64, as `Fernet.generate_key()` makes them"
            ) from None
        return value

    @field_validator("microsoft_app_id", "microsoft_app_tenant_id")
    @classmethod
    def _as_in_tokens(cls, value: str) -> str:
        """Portals show ids in either case; tokens and activities have them in lower case."""
        return value.lower()

    @field_validator("slack_api_url")
    @classmethod
    def _with_slash(cls, value: str) -> str:
        """Names of methods are put after it."""
        return f"{value.rstrip('/')}/"

    @property
    def credentials(self) -> tuple[str, ...]:
        """Names of the credentials that are set."""
        return tuple(name.upper() for name in CREDENTIALS if getattr(self, name))

    @property
    def sandbox(self) -> bool:
        return self.plaudit_sandbox is Sandbox.ON or (self.plaudit_sandbox is Sandbox.AUTO and not self.credentials)

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """What seals stored secrets. A sandbox has none worth a secret, and always the same, for its books stay."""
        return self.plaudit_secret_keys or ((_SANDBOX_KEY,) if self.sandbox else ())

    @property
    def one_organisation(self) -> bool:
        """Whether Slack and Teams are connected by credentials of one organisation, so that they share its books."""
        return bool(self.slack_bot_token) and self.microsoft_app_type == "SingleTenant" and bool(self.microsoft_app_id)

    @property
    def database_url(self) -> str:
        return self.plaudit_database_url or ("sqlite:///plaudit-sandbox.db" if self.sandbox else "sqlite:///plaudit.db")


_SANDBOX_KEY = urlsafe_b64encode(b"plaudit sandbox: nothing secret!").decode()
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def read_settings(**given: Any) -> Settings:
    """Reads the environment. Raises `WrongSetting` with a sentence that names what to change."""
    try:
        settings = Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise WrongSetting(f"{name} is not right: {first['msg']}.") from None
    _check_database(settings)
    if settings.sandbox:
        _check_sandbox(settings)
    else:
        _check_connected(settings)
    return settings


def _check_database(settings: Settings) -> None:
    """Without the address itself in the sentence, for it may hold a password."""
    try:
        url = make_url(settings.database_url)
        known = url.drivername in DRIVERS and (
            url.get_backend_name() != "sqlite" or url.database not in (None, "", ":memory:")
        )
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise WrongSetting(
            "PLAUDIT_DATABASE_URL is neither `sqlite:///file.db` nor `postgresql+psycopg://user:password@host/name`."
        )


def _check_sandbox(settings: Settings) -> None:
    if settings.credentials:
        raise WrongSetting(
            f"PLAUDIT_SANDBOX is on, but {settings.credentials[0]} is set. The sandbox has open doors and refuses "
            "real credentials: unset them, or set PLAUDIT_SANDBOX=off."
        )
    if settings.plaudit_host not in LOOPBACK:
        raise WrongSetting(
            f"PLAUDIT_HOST is {settings.plaudit_host}, but the sandbox listens on this machine only: "
            "leave it at 127.0.0.1."
        )


def _check_connected(settings: Settings) -> None:
    slack = any(name.startswith("SLACK_") for name in settings.credentials)
    if slack and not settings.slack_bot_token:
        raise WrongSetting("SLACK_BOT_TOKEN is missing: copy it from your Slack app's page, OAuth & Permissions.")
    if slack and not (settings.slack_signing_secret or settings.slack_app_token):
        raise WrongSetting("SLACK_SIGNING_SECRET is missing: copy it from your Slack app's page, Basic Information.")
    if settings.microsoft_app_password and not settings.microsoft_app_id:
        raise WrongSetting("MICROSOFT_APP_ID is missing: without it nobody could check who sends activities.")
    if settings.microsoft_app_id and not settings.microsoft_app_password:
        raise WrongSetting("MICROSOFT_APP_PASSWORD is missing: it is the client secret of MICROSOFT_APP_ID.")
    single = settings.microsoft_app_type == "SingleTenant"
    if settings.microsoft_app_id and single and not settings.microsoft_app_tenant_id:
        raise WrongSetting("MICROSOFT_APP_TENANT_ID is missing: a SingleTenant app belongs to one directory.")
