"""How emoji are called: by whoever types one into the set-up, and by the platform that tells of a reaction."""

from __future__ import annotations

import re

OFF = ("off", "none", "no")

_NAMES = {
    "sports_medal": "🏅",
    "medal": "🎖",
    "first_place_medal": "🥇",
    "trophy": "🏆",
    "tada": "🎉",
    "confetti_ball": "🎊",
    "raised_hands": "🙌",
    "clap": "👏",
    "pray": "🙏",
    "+1": "👍",
    "ok_hand": "👌",
    "muscle": "💪",
    "handshake": "🤝",
    "heart": "❤",
    "orange_heart": "🧡",
    "yellow_heart": "💛",
    "green_heart": "💚",
    "blue_heart": "💙",
    "purple_heart": "💜",
    "sparkling_heart": "💖",
    "star": "⭐",
    "star2": "🌟",
    "sparkles": "✨",
    "star-struck": "🤩",
    "partying_face": "🥳",
    "hugging_face": "🤗",
    "smile": "😄",
    "heart_eyes": "😍",
    "rocket": "🚀",
    "fire": "🔥",
    "zap": "⚡",
    "bulb": "💡",
    "dart": "🎯",
    "100": "💯",
    "gem": "💎",
    "crown": "👑",
    "gift": "🎁",
    "balloon": "🎈",
    "bouquet": "💐",
    "sunflower": "🌻",
    "four_leaf_clover": "🍀",
    "seedling": "🌱",
    "rainbow": "🌈",
    "sunny": "☀",
    "taco": "🌮",
    "cookie": "🍪",
    "doughnut": "🍩",
    "cake": "🍰",
    "birthday": "🎂",
    "pizza": "🍕",
    "coffee": "☕",
    "beers": "🍻",
    "clinking_glasses": "🥂",
    "bee": "🐝",
    "unicorn_face": "🦄",
    "owl": "🦉",
    "eagle": "🦅",
    "penguin": "🐧",
}
"""Slack's names of emoji that a programme may choose (github.com/iamcal/emoji-data, which Slack shows).

Unicode's own names are others, and a wrong one would be an emoji that never gives anything.
"""
_BY_SIGN = {sign: name for name, sign in _NAMES.items()}
_ALIASES = {
    "thumbsup": "+1",
    "hooray": "tada",
    "collision": "boom",
    "satisfied": "laughing",
    "shooting_star": "stars",
    "honeybee": "bee",
    "star_struck": "star-struck",
    "hugging": "hugging_face",
    "unicorn": "unicorn_face",
    "lightning": "zap",
    "donut": "doughnut",
}
"""Slack tells some reactions by another of their names."""
_NAME = re.compile(r"[\w+'-]{1,80}")
_DRESSING = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
"""How a sign is shown, and the tones of skins."""

_NEGATIVE = ("sad", "angry", "cry", "thumbsdown", "nauseated", "facepalm", "rollingeyes", "confused", "broken")


def read_emoji_name(typed: str) -> str | None:
    """The name of what was typed as an emoji: `:tada:`, `tada` or 🎉; empty for "off". None for what is none of these.

    A workspace's own emoji are taken as they are called: nobody here knows them.
    """
    word = _DRESSING.sub("", typed.strip()).lower()
    if word in OFF:
        return ""
    if word in _BY_SIGN:
        return _BY_SIGN[word]
    name = word.removeprefix(":").removesuffix(":").partition("::")[0]
    in_colons = word.startswith(":") and word.endswith(":")
    return _known(name) if _NAME.fullmatch(name) and (in_colons or name in _NAMES or name in _ALIASES) else None


def same_emoji(told: str, chosen: str) -> bool:
    """Whether a reaction is the programme's emoji, by whichever of its names."""
    return _known(told) == _known(chosen)


def is_negative(told: str) -> bool:
    """Whether a reaction of Teams means no thanks. There, names are `like`, `sad` and the like, or begin with the
    code of the sign: `1f44e_thumbsdown-tone2`."""
    name = told.lower().replace(" ", "")
    return any(one in name for one in _NEGATIVE)


def _known(name: str) -> str:
    return _ALIASES.get(name, name)
