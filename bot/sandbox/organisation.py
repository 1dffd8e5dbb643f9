"""The demo organisation: who works there, and what a month of thanks sounds like. Everything here is made up."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "Kestrel & Finch"
ZONE = "Europe/Dublin"
DOMAIN = "kestrel-finch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Names are as people have them: long, right to left, with accents, an apostrophe or a guitar."""

    handle: str
    name: str
    zone: str
    locale: str = "en-US"
    slack: bool = True
    teams: bool = True
    admin: bool = False
    guest: bool = False
    gone: bool = False
    bot: bool = False

    @property
    def email(self) -> str:
        return f"{self.handle}@{DOMAIN}.example"

    @property
    def slack_id(self) -> str:
        return f"U0{self.handle.upper()}"

    @property
    def gives(self) -> bool:
        return not (self.guest or self.gone or self.bot)


COLLEAGUES = (
    Colleague(handle="alice", name="Alice Moreau", zone="Europe/Paris", locale="fr-FR", admin=True),
    Colleague(handle="bob", name="Bob Okafor", zone="Africa/Lagos"),
    Colleague(handle="zoe", name="Zoë Lindström", zone="Europe/Stockholm", locale="sv-SE"),
    Colleague(handle="noor", name="نور الهاشمي", zone="Asia/Dubai", locale="ar-AE"),
    Colleague(handle="mateo", name="Mateo Ibáñez 🎸", zone="America/Argentina/Buenos_Aires", locale="es-AR"),
    Colleague(
        handle="maxi",
        name="Maximiliane Theodora Freifrau von Hohenstein-Lichtenberg",
        zone="Europe/Vienna",
        locale="de-AT",
    ),
    Colleague(handle="yuki", name="佐藤 由紀", zone="Asia/Tokyo", locale="ja-JP"),
    Colleague(handle="tane", name="Tāne Rāwiri", zone="Pacific/Auckland", locale="en-NZ"),
    Colleague(handle="priya", name="Priya Raghunathan", zone="Asia/Kolkata", locale="en-IN"),
    Colleague(handle="siobhan", name="Siobhán O'Brien", zone="Europe/Dublin", locale="en-IE"),
    Colleague(handle="kalani", name="Kalani Akana", zone="Pacific/Honolulu", teams=False),
    Colleague(handle="ines", name="Inês Cardoso", zone="America/Sao_Paulo", locale="pt-BR", slack=False),
    Colleague(handle="gus", name="Gus Hartley", zone="America/Chicago", guest=True),
    Colleague(handle="lars", name="Lars Brandt", zone="Europe/Berlin", locale="de-DE", teams=False, gone=True),
    Colleague(handle="robin", name="Deploy Robin", zone="Etc/UTC", teams=False, bot=True),
)

DESIGNERS = ("zoe", "yuki", "mateo", "priya")
FOUNDERS = ("alice", "maxi")
LAUNCH_CREW = ("alice", "bob", "tane", "ines", "siobhan")

# What was said lately beside the thanks: Slack channel or Teams conversation, who, hours ago, words.
SLACK_TALK = (
    ("general", "siobhan", 52, "Morning all. The lift is fixed, the coffee machine is not."),
    ("general", "bob", 27, "Notes of yesterday's incident are in the wiki. Short version: caches lie."),
    ("general", "kalani", 5, "Aloha! I moved all of the invoices over, please tell me if one looks odd."),
    ("design", "yuki", 30, "New empty states are up for a look. Be honest, be quick."),
    ("design", "zoe", 4, "I tried them with a screen reader and they read like a friendly letter."),
    ("teamwork", "priya", 20, "Who has an hour on Thursday to pair on the import?"),
    ("founders", "maxi", 15, "This channel has no Plaudit in it. Try /kudos here and see where it goes."),
)
TEAMS_TALK = (
    ("General", "ines", 26, "The workshop with the museum went well, photos follow."),
    ("General", "tane", 6, "Kia ora. The print run arrived a day early, somebody is getting cake."),
    ("Design", "mateo", 9, "Icons are done: 48 of them, and not one is a light bulb."),
    ("Launch crew", "alice", 7, "Checklist is at 19 of 20. The last one is lunch."),
    ("Lunch plans", "bob", 3, "Noodles or noodles? (Plaudit is not in this chat.)"),
)

# Value, badge (or none), and the words.
REASONS = (
    ("teamwork", "handshake", "sitting with me until the import ran through, twice"),
    ("teamwork", None, "taking the notes so that everybody else could think"),
    ("teamwork", "rocket", "getting three teams to agree on one name for one thing"),
    ("customer-first", "star2", "calling the museum back on a Friday evening, and staying cheerful"),
    ("customer-first", None, "reading every single survey answer, also the rude ones"),
    ("customer-first", "bulb", "asking the one question nobody had asked the customer"),
    ("craft", "bulb", "the query that now takes 20 ms; it used to take my whole coffee"),
    ("craft", None, "kerning the poster by hand. It shows, and nobody will ever know why"),
    ("craft", "mortar_board", "explaining time zones to me without once sighing"),
    ("craft", "rocket", "a release so calm that nobody noticed there was one"),
    ("courage", None, "saying in the meeting what half of us were thinking"),
    ("courage", "star2", "deleting 4,000 lines that we all were a little afraid of"),
    ("courage", "fire_engine", "pulling the plug at 02:00, and being right"),
    ("kindness", None, "the welcome note on my first day; I still have it"),
    ("kindness", "handshake", "covering my shift when our little one was ill"),
    ("kindness", "mortar_board", "a review that taught me something and left me in a good mood"),
    (None, None, "the cinnamon buns. All of them"),
    (None, "fire_engine", "finding the leak before it found the server room"),
)
