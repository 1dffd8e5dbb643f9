"""People, groups, conversations and messages, and the JSON that Slack makes of them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.sandbox.fake_slack.blocks import Json, start_values, with_ids


class Kind(StrEnum):
    PUBLIC = "public_channel"
    PRIVATE = "private_channel"
    IM = "im"
    MPIM = "mpim"


@dataclass
class Person:
    id: str
    name: str
    real_name: str = ""
    email: str = ""
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False

    def to_json(self, team_id: str, now: float, *, locale: bool = False) -> Json:
        zone = datetime.fromtimestamp(now, ZoneInfo(self.tz))
        offset = zone.utcoffset()
        real_name = self.real_name or self.name
        shown: Json = {
            "id": self.id,
            "team_id": team_id,
            "name": self.name,
            "real_name": real_name,
            "deleted": self.deleted,
            "profile": {
                "real_name": real_name,
                "display_name": self.name,
                "email": self.email,
                "team": team_id,
            },
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": int(now),
        }
        if self.deleted:  # Slack says little of those who have left
            return shown
        return shown | {
            "tz": self.tz,
            "tz_label": zone.tzname(),
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            **({"is_stranger": True} if self.is_stranger else {}),
            **({"locale": self.locale} if locale else {}),
        }


@dataclass
class Group:
    id: str
    handle: str
    name: str = ""
    users: list[str] = field(default_factory=list)
    disabled: bool = False

    def to_json(self, team_id: str) -> Json:
        return {
            "id": self.id,
            "team_id": team_id,
            "is_usergroup": True,
            "name": self.name or self.handle,
            "handle": self.handle,
            "date_delete": int(self.disabled),
            "user_count": len(self.users),
        }


@dataclass
class Conversation:
    id: str
    name: str
    kind: Kind = Kind.PUBLIC
    members: list[str] = field(default_factory=list)
    is_archived: bool = False

    def to_json(self, bot_user_id: str) -> Json:
        if self.kind is Kind.IM:
            other = next((member for member in self.members if member != bot_user_id), bot_user_id)
            return {"id": self.id, "is_im": True, "user": other, "is_archived": False, "is_org_shared": False}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind is Kind.PUBLIC,
            "is_group": self.kind is Kind.PRIVATE,
            "is_im": False,
            "is_mpim": self.kind is Kind.MPIM,
            "is_private": self.kind is not Kind.PUBLIC,
            "is_archived": self.is_archived,
            "is_member": bot_user_id in self.members,
            "is_general": False,
            "is_shared": False,
            "is_ext_shared": False,
            "is_org_shared": False,
            "num_members": len(self.members),
        }


@dataclass
class Message:
    """A message in a conversation; with `to`, an ephemeral one that only this person sees."""

    channel: str
    ts: str
    user: str
    content: Json
    to: str | None = None
    bot_id: str | None = None
    thread_ts: str | None = None
    edited_ts: str | None = None
    deleted: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)

    def write(self, content: Json) -> None:
        self.content = content | ({"blocks": with_ids(content["blocks"])} if content.get("blocks") else {})
        self.values = start_values(self.content.get("blocks", []))

    @property
    def text(self) -> str:
        return str(self.content.get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.content.get("blocks", []))

    def to_json(self, *, metadata: bool = False) -> Json:
        hidden = () if metadata else ("metadata",)
        shown: Json = {"type": "message", "user": self.user, "text": "", "ts": self.ts}
        shown |= {key: value for key, value in self.content.items() if key not in hidden}
        optional = {"bot_id": self.bot_id, "thread_ts": self.thread_ts}
        shown |= {key: value for key, value in optional.items() if value}
        if self.edited_ts:
            shown["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.reactions:
            shown["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in self.reactions.items()]
        return shown
