"""The other side of Slack, in memory: for tests, and for the sandbox where nobody has a workspace.

`FakeSlack` is the server that the product calls; `SlackClient` is what people use, and calls the product.
"""

from bot.sandbox.fake_slack.blocks import text_of
from bot.sandbox.fake_slack.client import SlackClient
from bot.sandbox.fake_slack.deliveries import Deliveries, Delivery
from bot.sandbox.fake_slack.records import Conversation, Group, Kind, Message, Person
from bot.sandbox.fake_slack.server import Call, FakeSlack
from bot.sandbox.fake_slack.views import View
from bot.sandbox.fake_slack.workspace import Revision, SlackError, Workspace

__all__ = [
    "Call",
    "Conversation",
    "Deliveries",
    "Delivery",
    "FakeSlack",
    "Group",
    "Kind",
    "Message",
    "Person",
    "Revision",
    "SlackClient",
    "SlackError",
    "View",
    "Workspace",
    "text_of",
]
