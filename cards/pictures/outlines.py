"""The outline of a glyph as the data of an SVG path."""

from __future__ import annotations

from functools import cache, lru_cache

import uharfbuzz as hb

from cards.pictures.fonts import Face


@lru_cache(maxsize=2048)
def outline(face: Face, glyph: int) -> str:
    parts: list[str] = []
    face.font.draw_glyph(glyph, _drawing(), parts)
    return "".join(parts)


@cache
def _drawing() -> hb.DrawFuncs:
    funcs = hb.DrawFuncs()
    funcs.set_move_to_func(lambda x, y, parts: parts.append(f"M{short(x)} {short(y)}"))
    funcs.set_line_to_func(lambda x, y, parts: parts.append(f"L{short(x)} {short(y)}"))
    funcs.set_quadratic_to_func(lambda *args: args[-1].append("Q" + " ".join(map(short, args[:-1]))))
    funcs.set_cubic_to_func(lambda *args: args[-1].append("C" + " ".join(map(short, args[:-1]))))
    funcs.set_close_path_func(lambda parts: parts.append("Z"))
    return funcs


def short(number: float) -> str:
    """As short as it can be, for a picture has some thousand of them."""
    return f"{number:.5f}".rstrip("0").rstrip(".") if number % 1 else str(int(number))
