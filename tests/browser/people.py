"""Colleagues of the demo organisation by their names, as the page shows them."""

from __future__ import annotations

from bot.sandbox.organisation import COLLEAGUES

_NAMES = {one.handle: one.name for one in COLLEAGUES}
ALICE, BOB, ZOE, NOOR, MATEO, MAXI = map(_NAMES.__getitem__, ("alice", "bob", "zoe", "noor", "mateo", "maxi"))
YUKI, TANE, PRIYA, SIOBHAN = map(_NAMES.__getitem__, ("yuki", "tane", "priya", "siobhan"))
KALANI, INES = _NAMES["kalani"], _NAMES["ines"]
"""Kalani is on Slack only, and Inês on Teams."""
