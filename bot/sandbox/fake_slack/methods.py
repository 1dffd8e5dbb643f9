"""The Web API, a function a method. Source of arguments and errors: docs.slack.dev/reference/methods."""

from collections.abc import Callable

from bot.sandbox.fake_slack.arguments import Arguments, page
from bot.sandbox.fake_slack.blocks import Json
from bot.sandbox.fake_slack.payloads import APP_ID
from bot.sandbox.fake_slack.records import Conversation, Kind, Message, Person
from bot.sandbox.fake_slack.team import CONTENT, Team, message_content, view_content
from bot.sandbox.fake_slack.views import View
from bot.sandbox.fake_slack.workspace import SlackError

Method = Callable[[Team, Arguments], Json]

METHODS: dict[str, Method] = {}


def method(name: str) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name] = function
        return function

    return register


@method("auth.test")
def auth_test(team: Team, _: Arguments) -> Json:
    workspace = team.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.domain,
        "user": workspace.bot.name,
        "team_id": workspace.team_id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


@method("bots.info")
def bots_info(team: Team, arguments: Arguments) -> Json:
    workspace = team.workspace
    if arguments.text("bot") != workspace.bot_id:
        raise SlackError("bot_not_found")
    return {"bot": {"id": workspace.bot_id, "app_id": APP_ID, "name": workspace.bot.name, "deleted": False}}


@method("users.list")
def users_list(team: Team, arguments: Arguments) -> Json:
    locals_ = [person for person in team.workspace.people.values() if not person.is_stranger]
    return page("members", [_person(team, person, arguments) for person in locals_], arguments)


@method("users.info")
def users_info(team: Team, arguments: Arguments) -> Json:
    return {"user": _person(team, _known(team, arguments.required("user")), arguments)}


@method("users.lookupByEmail")
def users_lookup_by_email(team: Team, arguments: Arguments) -> Json:
    email = arguments.required("email").lower()
    for person in team.workspace.people.values():
        if person.email.lower() == email and not person.deleted:
            return {"user": _person(team, person, arguments)}
    raise SlackError("users_not_found")


@method("usergroups.list")
def usergroups_list(team: Team, arguments: Arguments) -> Json:
    groups = [g for g in team.workspace.groups.values() if arguments.flag("include_disabled") or not g.disabled]
    users = arguments.flag("include_users")
    return {"usergroups": [g.to_json(team.workspace.team_id) | ({"users": g.users} if users else {}) for g in groups]}


@method("usergroups.users.list")
def usergroups_users_list(team: Team, arguments: Arguments) -> Json:
    group = team.workspace.groups.get(arguments.required("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": group.users}


@method("conversations.list")
def conversations_list(team: Team, arguments: Arguments) -> Json:
    kinds = arguments.names("types", Kind.PUBLIC)
    shown = [
        conversation.to_json(team.workspace.bot.id)
        for conversation in team.workspace.conversations.values()
        if conversation.kind in kinds
        and _is_visible(team, conversation)
        and not (conversation.is_archived and arguments.flag("exclude_archived"))
    ]
    return page("channels", shown, arguments)


@method("conversations.info")
def conversations_info(team: Team, arguments: Arguments) -> Json:
    return {"channel": _visible(team, arguments.required("channel")).to_json(team.workspace.bot.id)}


@method("conversations.members")
def conversations_members(team: Team, arguments: Arguments) -> Json:
    return page("members", _visible(team, arguments.required("channel")).members, arguments)


@method("conversations.open")
def conversations_open(team: Team, arguments: Arguments) -> Json:
    if channel := arguments.text("channel"):
        opened = _visible(team, channel)
    else:
        people = [_known(team, user) for user in arguments.names("users")]
        if not people:
            raise SlackError("users_list_not_supplied")
        opened = _direct(team, *people)
    shown = opened.to_json(team.workspace.bot.id)
    return {"channel": shown if arguments.flag("return_im") else {"id": opened.id}}


@method("conversations.history")
def conversations_history(team: Team, arguments: Arguments) -> Json:
    conversation = _joined(team, arguments.required("channel"))
    thread_starts = [
        message for message in team.workspace.shown(conversation.id) if message.thread_ts in (None, message.ts)
    ]
    return _messages(thread_starts[::-1], arguments)


@method("conversations.replies")
def conversations_replies(team: Team, arguments: Arguments) -> Json:
    conversation = _joined(team, arguments.required("channel"))
    start = arguments.required("ts")
    thread = [message for message in team.workspace.shown(conversation.id) if start in (message.ts, message.thread_ts)]
    if not thread:
        raise SlackError("thread_not_found")
    return _messages(thread, arguments)


@method("chat.postMessage")
def chat_post_message(team: Team, arguments: Arguments) -> Json:
    target = arguments.required("channel")
    person = team.workspace.people.get(target)
    conversation = _direct(team, person) if person else _writable(team, target)
    content = _content(team, arguments)
    bot, thread = team.workspace.bot, arguments.text("thread_ts") or None
    message = team.workspace.post(conversation.id, bot.id, content, bot_id=team.workspace.bot_id, thread_ts=thread)
    return {"channel": conversation.id, "ts": message.ts, "message": message.to_json(metadata=True)}


@method("chat.update")
def chat_update(team: Team, arguments: Arguments) -> Json:
    message = _own(team, arguments, "cant_update_message")
    given = _content(team, arguments)
    # New text without blocks takes the old blocks away; metadata stays until it is replaced.
    kept = {key: message.content[key] for key in ("attachments", "metadata") if key in message.content}
    team.workspace.edit(message, kept | given)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.to_json()}


@method("chat.delete")
def chat_delete(team: Team, arguments: Arguments) -> Json:
    message = _own(team, arguments, "cant_delete_message")
    team.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


@method("chat.postEphemeral")
def chat_post_ephemeral(team: Team, arguments: Arguments) -> Json:
    conversation = _writable(team, arguments.required("channel"))
    user = arguments.required("user")
    if user not in conversation.members:
        raise SlackError("user_not_in_channel")
    content = _content(team, arguments)
    thread = arguments.text("thread_ts") or None
    bot = team.workspace.bot
    message = team.workspace.post(
        conversation.id, bot.id, content, to=user, bot_id=team.workspace.bot_id, thread_ts=thread
    )
    return {"message_ts": message.ts}


@method("chat.getPermalink")
def chat_get_permalink(team: Team, arguments: Arguments) -> Json:
    conversation = _visible(team, arguments.required("channel"))
    message = team.workspace.message(conversation.id, arguments.required("message_ts"))
    address = f"https://{team.workspace.domain}.slack.com/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    return {"channel": conversation.id, "permalink": address}


@method("views.open")
def views_open(team: Team, arguments: Arguments) -> Json:
    view = view_content(team, arguments.structure("view"))
    return _view(team, team.views.open(arguments.required("trigger_id"), view))


@method("views.push")
def views_push(team: Team, arguments: Arguments) -> Json:
    view = view_content(team, arguments.structure("view"))
    return _view(team, team.views.push(arguments.required("trigger_id"), view))


@method("views.update")
def views_update(team: Team, arguments: Arguments) -> Json:
    known = team.views.find(arguments.text("view_id") or None, arguments.text("external_id") or None)
    content = view_content(team, arguments.structure("view"), kind=known.content["type"])
    return _view(team, team.views.update(known, content, arguments.text("hash") or None))


@method("views.publish")
def views_publish(team: Team, arguments: Arguments) -> Json:
    user = _known(team, arguments.required("user_id"))
    content = view_content(team, arguments.structure("view"), kind="home")
    return _view(team, team.views.publish(user.id, content, arguments.text("hash") or None))


def _content(team: Team, arguments: Arguments) -> Json:
    structured = {part: arguments.structure(part) for part in CONTENT if part != "text" and arguments.get(part)}
    return message_content(team, {"text": arguments.text("text")} | structured)


def _person(team: Team, person: Person, arguments: Arguments) -> Json:
    workspace = team.workspace
    return person.to_json(workspace.team_id, workspace.clock(), locale=arguments.flag("include_locale"))


def _known(team: Team, user: str) -> Person:
    if user not in team.workspace.people:
        raise SlackError("user_not_found")
    return team.workspace.people[user]


def _direct(team: Team, *people: Person) -> Conversation:
    if any(person.is_bot or person.id == "USLACKBOT" for person in people):
        raise SlackError("cannot_dm_bot")
    if any(person.deleted for person in people):
        raise SlackError("user_disabled")
    return team.workspace.direct(*(person.id for person in people))


def _is_visible(team: Team, conversation: Conversation) -> bool:
    """What is not public does not exist for an app that is not in it."""
    return conversation.kind is Kind.PUBLIC or team.workspace.bot.id in conversation.members


def _visible(team: Team, channel: str) -> Conversation:
    conversation = team.workspace.conversations.get(channel)
    if conversation is None or not _is_visible(team, conversation):
        raise SlackError("channel_not_found")
    return conversation


def _joined(team: Team, channel: str) -> Conversation:
    conversation = _visible(team, channel)
    if team.workspace.bot.id not in conversation.members:
        raise SlackError("not_in_channel")
    return conversation


def _writable(team: Team, channel: str) -> Conversation:
    conversation = _visible(team, channel)
    if conversation.is_archived:
        raise SlackError("is_archived")
    return _joined(team, channel)


def _own(team: Team, arguments: Arguments, error: str) -> Message:
    conversation = _visible(team, arguments.required("channel"))
    message = team.workspace.message(conversation.id, arguments.required("ts"))
    if message.user != team.workspace.bot.id:
        raise SlackError(error)
    return message


def _messages(messages: list[Message], arguments: Arguments) -> Json:
    oldest, latest = arguments.text("oldest", "0"), arguments.text("latest", "9" * 12)
    inside = [message for message in messages if float(oldest) < float(message.ts) < float(latest)]
    if arguments.flag("inclusive"):
        inside = [message for message in messages if float(oldest) <= float(message.ts) <= float(latest)]
    metadata = arguments.flag("include_all_metadata")
    answer = page("messages", [message.to_json(metadata=metadata) for message in inside], arguments)
    return answer | {"has_more": bool(answer["response_metadata"]["next_cursor"])}


def _view(team: Team, view: View) -> Json:
    return {"view": view.to_json(team.workspace)}
