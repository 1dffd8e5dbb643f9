"""Answers through a response_url, and in the body of a slash command's 200: both show alike."""

from dataclasses import dataclass

from bot.sandbox.fake_slack.blocks import Json
from bot.sandbox.fake_slack.records import Message
from bot.sandbox.fake_slack.team import CONTENT, Team, message_content
from bot.sandbox.fake_slack.workspace import SlackError

# docs.slack.dev/interactivity/handling-user-interaction
LIFE_S = 30 * 60
USES = 5


@dataclass
class Hook:
    """Leads back to one interaction: its place, its person and the message it came from or brought about."""

    team: Team
    channel: str
    user: str
    message: Message | None
    issued_at: float
    uses: int = 0

    def use(self, body: Json) -> None:
        if self.uses >= USES:
            raise SlackError("used_url")
        if self.team.workspace.clock() - self.issued_at > LIFE_S:
            raise SlackError("expired_url")
        self.uses += 1
        self.show(body)

    def show(self, body: Json) -> None:
        workspace = self.team.workspace
        if body.get("delete_original") and self.message:
            workspace.delete(self.message)
            return
        content = message_content(self.team, {part: body[part] for part in CONTENT if body.get(part)})
        if body.get("replace_original") and self.message:
            workspace.edit(self.message, content)
            return
        to = None if body.get("response_type") == "in_channel" else self.user
        thread = body.get("thread_ts") or (self.message.thread_ts if self.message else None)
        posted = workspace.post(
            self.channel, workspace.bot.id, content, to=to, bot_id=workspace.bot_id, thread_ts=thread
        )
        self.message = self.message or posted
