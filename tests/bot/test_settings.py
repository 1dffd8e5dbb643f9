"""What the environment says is taken as meant, or stops the start with a sentence that names the setting."""

from __future__ import annotations

from typing import Any

import pytest

from bot.settings import CREDENTIALS, Settings, WrongSetting, read_settings

SLACK = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "s"}
TEAMS = {"microsoft_app_id": "a", "microsoft_app_password": "p", "microsoft_app_tenant_id": "t"}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_credentials_it_is_a_sandbox_with_a_database_of_its_own() -> None:
    settings = read_settings()
    assert settings.sandbox
    assert settings.database_url == "sqlite:///plaudit-sandbox.db"


@pytest.mark.parametrize("given", [SLACK, TEAMS, SLACK | TEAMS, {"plaudit_sandbox": "off"}])
def test_with_credentials_it_is_none(given: dict[str, str]) -> None:
    settings = read_settings(**given)
    assert not settings.sandbox
    assert settings.database_url == "sqlite:///plaudit.db"


@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_sandbox_takes_no_credential(name: str) -> None:
    with pytest.raises(WrongSetting, match=name.upper()):
        read_settings(plaudit_sandbox="on", **{name: "real"})


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "plaudit.test", ""])  # noqa: S104 - that it is refused
def test_a_sandbox_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(WrongSetting, match="PLAUDIT_HOST"):
        read_settings(plaudit_host=host)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"slack_signing_secret": "s"}, "SLACK_BOT_TOKEN"),
        ({"slack_app_token": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"slack_client_id": "1.2", "slack_client_secret": "s"}, "SLACK_BOT_TOKEN"),
        ({"slack_bot_token": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
        (TEAMS | {"microsoft_app_id": ""}, "MICROSOFT_APP_ID"),
        (TEAMS | {"microsoft_app_password": ""}, "MICROSOFT_APP_PASSWORD"),
        (TEAMS | {"microsoft_app_tenant_id": ""}, "MICROSOFT_APP_TENANT_ID"),
        (TEAMS | {"microsoft_app_type": "Managed"}, "MICROSOFT_APP_TYPE"),
        ({"plaudit_port": "65536"}, "PLAUDIT_PORT"),
        ({"plaudit_log": "loud"}, "PLAUDIT_LOG"),
    ],
)
def test_what_is_missing_or_wrong_is_named(given: dict[str, Any], names: str) -> None:
    with pytest.raises(WrongSetting, match=names):
        read_settings(**given)


@pytest.mark.parametrize(
    ("given", "one"),
    [
        (SLACK | TEAMS, True),
        (SLACK | TEAMS | {"microsoft_app_type": "MultiTenant"}, False),
        (SLACK, False),
        (TEAMS, False),
    ],
)
def test_both_platforms_are_one_organisation_where_neither_serves_others(given: dict[str, str], one: bool) -> None:
    assert read_settings(**given).one_organisation is one


def test_lists_are_parted_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAUDIT_OWNERS", " Ann@Acme.test, ,bob@acme.test")
    assert read_settings().plaudit_owners == ("ann@acme.test", "bob@acme.test")


def test_what_was_copied_with_a_blank_or_in_capitals_is_taken_as_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    copied = {
        "SLACK_BOT_TOKEN": "xoxb-1\n",
        "SLACK_SIGNING_SECRET": " s",
        "SLACK_API_URL": "https://slack-gov.com/api",
        "MICROSOFT_APP_ID": "ABC-1",
        "MICROSOFT_APP_PASSWORD": "Pw\r\n",
        "MICROSOFT_APP_TENANT_ID": "DEF-2 ",
    }
    for name, value in copied.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert (settings.slack_bot_token, settings.slack_signing_secret) == ("xoxb-1", "s")
    assert settings.slack_api_url == "https://slack-gov.com/api/"
    assert (settings.microsoft_app_id, settings.microsoft_app_tenant_id) == ("abc-1", "def-2")
    assert settings.microsoft_app_password == "Pw"


@pytest.mark.parametrize(
    "url", ["nonsense:hush", "postgres://ann:hush@db/x", "mysql://ann:hush@db/x", "sqlite://", "sqlite:///:memory:"]
)
def test_a_database_that_is_none_is_named_without_its_password(url: str) -> None:
    with pytest.raises(WrongSetting, match="PLAUDIT_DATABASE_URL") as wrong:
        read_settings(plaudit_database_url=url)
    assert "hush" not in str(wrong.value)
