from bot.sandbox.fake_teams.cards import buttons_of, text_of
from bot.sandbox.fake_teams.fake import FakeTeams
from bot.sandbox.fake_teams.wire import Delivery
from bot.sandbox.fake_teams.world import Conversation, Kind, Message, Person, Team

__all__ = [
    "Conversation",
    "Delivery",
    "FakeTeams",
    "Kind",
    "Message",
    "Person",
    "Team",
    "buttons_of",
    "text_of",
]
