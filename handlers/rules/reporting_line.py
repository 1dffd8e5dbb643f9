"""Who reports to whom: that nobody ends up above themselves, and in which order changes never make it so.

Everybody has one manager at most, so the lines are a graph with one way out of each node, and a loop is found by
walking up once from everybody. Reference: Knuth, The Art of Computer Programming 2, 3.1, exercise 6 (rho shape).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def find_loops(managers: Mapping[str, str | None]) -> set[str]:
    """Everybody who is in a loop: their own manager in one step or many. `managers` is by person."""
    over: set[str] = set()
    looping: set[str] = set()
    for start in managers:
        walked: dict[str, int] = {}
        one: str | None = start
        while one is not None and one not in over and one not in walked:
            walked[one] = len(walked)
            one = managers.get(one)
        if one in walked:
            looping.update(person for person, at in walked.items() if at >= walked[one])
        over.update(walked)
    return looping


def from_the_top(people: Iterable[str], managers: Mapping[str, str | None]) -> list[str]:
    """People in an order in which they can be given their managers one by one: nobody before those above them.

    Whoever was given theirs has a line of new ones up to its end, and whoever was not has an old line that ends,
    or meets a new one: so there is no loop on the way if there is none before and none at the end.
    """
    depths: dict[str, int] = {}
    for start in managers:
        walked: list[str] = []
        one: str | None = start
        while one is not None and one not in depths:
            depths[one] = 0  # so that a loop, which nobody should bring along, ends
            walked.append(one)
            one = managers.get(one)
        above = depths[one] if one is not None else -1
        for number, person in enumerate(reversed(walked), start=1):
            depths[person] = above + number
    return sorted(people, key=lambda one: depths.get(one, 0))
