"""Fake Bot Connector: the routes a bot calls, with the refusals of the real one.

Sources: learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference, and of
learn.microsoft.com/microsoftteams/platform: bots/how-to/conversations, agents-in-teams/targeted-messages.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.fake_teams.faults import Refused
from bot.sandbox.fake_teams.login import FakeLogin
from bot.sandbox.fake_teams.world import Conversation, Json, Kind, Message, Person, Team, World, card_in

CheckCard = Callable[[Mapping[str, Any]], None]

LARGEST_MESSAGE = 100 * 1024  # as UTF-16, mentions included
SMALLEST_PAGE, USUAL_PAGE, LARGEST_PAGE = 50, 200, 500


class Connector:
    def __init__(self, world: World, login: FakeLogin, check_card: CheckCard, *, asks_for_token: bool = True) -> None:
        self._world = world
        self._login = login
        self._check_card = check_card
        self._asks_for_token = asks_for_token

    def routes(self) -> list[web.RouteDef]:
        conversation = "/teams/v3/conversations/{conversation}"
        named: list[tuple[str, str, str, Callable[[web.Request], Awaitable[web.Response]]]] = [
            ("create", "POST", "/teams/v3/conversations", self._create),
            ("send", "POST", conversation + "/activities", self._send),
            ("reply", "POST", conversation + "/activities/{activity}", self._send),
            ("update", "PUT", conversation + "/activities/{activity}", self._update),
            ("delete", "DELETE", conversation + "/activities/{activity}", self._delete),
            ("members", "GET", conversation + "/members", self._members),
            ("pagedmembers", "GET", conversation + "/pagedmembers", self._paged_members),
            ("member", "GET", conversation + "/members/{member}", self._member),
            ("team", "GET", "/teams/v3/teams/{team}", self._team),
            ("channels", "GET", "/teams/v3/teams/{team}/conversations", self._channels),
        ]
        return [web.route(method, path, self._guarded(to), name=name) for name, method, path, to in named]

    def _guarded(
        self, handler: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def guarded(request: web.Request) -> web.Response:
            if self._asks_for_token and not self._login.accepts(request.headers.get("Authorization", "")):
                denied = {"message": "Authorization has been denied for this request."}
                return web.json_response(denied, status=401)
            return await handler(request)

        return guarded

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        channel_data = body.get("channelData") or {}
        if channel := channel_data.get("channel"):
            return self._new_thread(channel["id"], body.get("activity"))
        members = body.get("members") or []
        if body.get("isGroup") or len(members) != 1:
            raise Refused(400, "BadSyntax", "Incorrect conversation creation parameters")
        if (channel_data.get("tenant") or {}).get("id", body.get("tenantId")) != self._world.tenant_id:
            raise Refused(400, "BadSyntax", "Could not parse tenant id")
        person = self._world.find_person(members[0]["id"])
        if person is None:
            raise Refused(400, "BadArgument", "Failed to decrypt conversation id")
        if not self._world.knows_bot(person):
            raise Refused(403)
        return web.json_response({"id": self._world.chat(person).id}, status=201)

    def _new_thread(self, channel_id: str, activity: Json | None) -> web.Response:
        conversation, _ = self._writable(channel_id)
        if not activity:
            raise Refused(400, "BadSyntax", "Incorrect conversation creation parameters")
        self._check(activity)
        message = self._world.post(conversation, None, activity)
        thread = f"{conversation.id};messageid={message.id}"
        return web.json_response({"id": thread, "activityId": message.id}, status=201)

    async def _send(self, request: web.Request) -> web.Response:
        conversation, root_id = self._writable(request.match_info["conversation"])
        activity = await request.json()
        self._check(activity)
        if activity.get("type") == "typing":
            return web.json_response({"id": self._world.new_id()}, status=201)
        to = self._reader(conversation, activity) if _targeted(request) else None
        if conversation.kind is Kind.CHANNEL:
            root_id = root_id or self._root_of(request.match_info.get("activity"))
        parts = _split(activity)
        posted = [self._world.post(conversation, None, part, root_id=root_id, to=to) for part in parts]
        return web.json_response({"id": posted[0].id} if len(posted) == 1 else {}, status=201)

    async def _update(self, request: web.Request) -> web.Response:
        conversation, _ = self._writable(request.match_info["conversation"])
        message = self._own(conversation, request)
        activity = await request.json()
        if message.to and activity.get("recipient"):
            raise Refused(400, "BadArgument", "Recipient cannot be passed on update of a targeted message.")
        self._check(activity)
        self._world.keep(message, activity=activity, edits=message.edits + 1, views={})
        return web.json_response({"id": message.id})

    async def _delete(self, request: web.Request) -> web.Response:
        conversation, _ = self._writable(request.match_info["conversation"])
        self._world.keep(self._own(conversation, request), deleted=True)
        return web.Response()

    async def _members(self, request: web.Request) -> web.Response:
        conversation, _ = self._readable(request.match_info["conversation"])
        return web.json_response([self._account(person) for person in self._world.members(conversation)])

    async def _paged_members(self, request: web.Request) -> web.Response:
        conversation, _ = self._readable(request.match_info["conversation"])
        asked = int(request.query.get("pageSize") or USUAL_PAGE)
        size = min(max(asked, SMALLEST_PAGE), LARGEST_PAGE)
        start = int(request.query.get("continuationToken") or 0)
        members = [self._account(person) for person in self._world.members(conversation)]
        page: Json = {"members": members[start : start + size]}
        if start + size < len(members):
            page["continuationToken"] = str(start + size)
        return web.json_response(page)

    async def _member(self, request: web.Request) -> web.Response:
        conversation, _ = self._readable(request.match_info["conversation"])
        person = self._world.find_person(request.match_info["member"])
        if person is None or person.id not in conversation.member_ids:
            raise Refused(404, "MemberNotFoundInConversation", "Member not found in conversation roster.")
        return web.json_response(self._account(person))

    async def _team(self, request: web.Request) -> web.Response:
        team, channels = self._installed_team(request)
        return web.json_response(
            {
                "id": team.id,
                "name": team.name,
                "aadGroupId": team.aad_group_id,
                "tenantId": self._world.tenant_id,
                "channelCount": len(channels),
                "memberCount": len(channels[0].member_ids),
            }
        )

    async def _channels(self, request: web.Request) -> web.Response:
        team, channels = self._installed_team(request)
        shown = [{"id": c.id, "name": None if c.id == team.id else c.name, "type": "standard"} for c in channels]
        return web.json_response({"conversations": shown})

    def _readable(self, ref: str) -> tuple[Conversation, str | None]:
        """A conversation and, after `;messageid=`, the root of a thread in it."""
        conversation_id, _, root_id = ref.partition(";messageid=")
        conversation = self._world.conversations.get(conversation_id)
        if conversation is None:
            raise Refused(404)
        if not conversation.installed and conversation.kind is not Kind.PERSONAL:
            raise Refused(403)
        return conversation, root_id or None

    def _writable(self, ref: str) -> tuple[Conversation, str | None]:
        conversation, root_id = self._readable(ref)
        if conversation.blocked or not conversation.installed:
            raise Refused(403, "MessageWritesBlocked", "Message delivery blocked by the user.")
        return conversation, root_id

    def _installed_team(self, request: web.Request) -> tuple[Team, list[Conversation]]:
        team = self._world.teams.get(request.match_info["team"])
        if team is None:
            raise Refused(404, "NotFound", "Team not found.")
        channels = self._world.channels(team)
        if not any(c.installed for c in channels):
            raise Refused(403)
        return team, channels

    def _check(self, activity: Json) -> None:
        if len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le", "surrogatepass")) > LARGEST_MESSAGE:
            raise Refused(413)
        if activity.get("type") == "message" and not (activity.get("text") or activity.get("attachments")):
            raise Refused(400, "BadSyntax", "Activity must include non-empty text, attachments or both.")
        try:
            if (card := card_in(activity)) is not None:
                self._check_card(card)
        except ValueError as error:
            raise Refused(400, "BadSyntax", str(error)) from error

    def _reader(self, conversation: Conversation, activity: Json) -> str:
        """Whom a targeted message is for: a member, and not in a chat of two."""
        person = self._world.find_person((activity.get("recipient") or {}).get("id", ""))
        if person is None or person.id not in conversation.member_ids:
            raise Refused(400, "BadArgument", "Recipient of a targeted message must be a member.")
        if conversation.kind is Kind.PERSONAL:
            raise Refused(400, "BadArgument", "Targeted messages are not for personal chats.")
        return person.id

    def _root_of(self, activity_id: str | None) -> str | None:
        message = self._world.messages.get(activity_id or "")
        return (message.root_id or message.id) if message else None

    def _own(self, conversation: Conversation, request: web.Request) -> Message:
        message = self._world.messages.get(request.match_info["activity"])
        if message is None or message.deleted or message.conversation_id != conversation.id:
            raise Refused(404, "ActivityNotFoundInConversation", "Activity not found in the conversation.")
        if message.author is not None:
            raise Refused(403, "ForbiddenOperationException", "Only own messages can be changed.")
        if bool(message.to) != _targeted(request):
            raise Refused(400, "BadArgument", "isTargetedActivity does not fit the message.")
        return message

    def _account(self, person: Person) -> Json:
        given, _, surname = person.name.partition(" ")
        return {
            "id": person.id,
            "name": person.name,
            "objectId": person.aad_id,
            "aadObjectId": person.aad_id,
            "givenName": given,
            "surname": surname,
            "email": person.email,
            "userPrincipalName": person.upn,
            "tenantId": self._world.tenant_id,
            "userRole": person.role,
        }


def _targeted(request: web.Request) -> bool:
    return request.query.get("isTargetedActivity") == "true"


def _split(activity: Json) -> list[Json]:
    """Text and attachment in one activity become two messages, and neither gets an id back."""
    if not (activity.get("text") and activity.get("attachments")):
        return [activity]
    bare = {key: value for key, value in activity.items() if key not in ("text", "attachments")}
    return [bare | {"text": activity["text"]}, bare | {"attachments": activity["attachments"]}]
