"""The organisation that is measured, and what its people type: every request is another one, signed as Slack signs.

It is so large that neither allowances nor Slack's one message a second and channel are what is measured.
"""

from __future__ import annotations

import time
from urllib.parse import urlencode

from bot.sandbox.fake_slack.deliveries import FORM, sign

PEOPLE = 20_000
CHANNELS = 2_000
TEAM = "T0BENCH"
SECRET = "a signing secret for measuring"
TOKEN = "xoxb-measuring"
DOOR = "/slack/events"
CONFIRMED = b"Sent."
"""Stands in every confirmation, and in no refusal."""
MOST = PEOPLE * 50
"""Gifts of one point that the allowances of a week suffice for."""

_SCATTER = 7_919  # a prime: who gives next is somewhere else in the tables


def person(number: int) -> str:
    return f"U{number:07d}"


def channel(number: int) -> str:
    return f"C{number:07d}"


def request(number: int, host: str) -> bytes:
    """The whole HTTP request for gift `number`, signed now."""
    body = urlencode(_fields(number)).encode()
    timestamp = str(int(time.time()))
    return (
        f"POST {DOOR} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
        f"Accept: application/json,*/*\r\nContent-Type: {FORM}\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {timestamp}\r\nX-Slack-Signature: {sign(SECRET, timestamp, body)}\r\n\r\n"
    ).encode() + body


def _fields(number: int) -> dict[str, str]:
    giver = number * _SCATTER % PEOPLE
    receiver = (giver + 1 + number // PEOPLE) % PEOPLE
    place = number % CHANNELS
    return {
        "token": "verification-token",
        "team_id": TEAM,
        "team_domain": "bench",
        "channel_id": channel(place),
        "channel_name": f"channel-{place}",
        "user_id": person(giver),
        "user_name": f"person{giver}",
        "command": "/kudos",
        "text": f"<@{person(receiver)}|person{receiver}> +1 for walking me through release {number} #teamwork",
        "api_app_id": "A0PLAUDIT",
        "is_enterprise_install": "false",
        "response_url": f"https://hooks.slack.com/commands/{TEAM}/{number}/abcdefghijklmnopqrstuvwx",
        "trigger_id": f"{number}.1234567890.abcdef0123456789abcdef0123456789",
    }
