"""Colour glyphs (COLR version 1) as SVG: what HarfBuzz says while it paints one becomes paths, gradients and masks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache

import uharfbuzz as hb

from cards.pictures.fonts import Face
from cards.pictures.outlines import outline, short

Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Matrix = (1, 0, 0, 1, 0, 0)


@lru_cache(maxsize=64)
def painted(face: Face, glyph: int) -> str:
    painter = _Painter(face, f"e{glyph}")
    face.font.paint_glyph(glyph, _painting(), painter)
    return "".join(painter.layers[0])


@dataclass
class _Painter:
    """Collects what HarfBuzz says of one colour glyph. Gradients and masks are named after the glyph."""

    face: Face
    name: str
    layers: list[list[str]] = field(default_factory=lambda: [[]])
    transforms: list[Matrix] = field(default_factory=lambda: [_PLAIN])
    clips: list[tuple[str, Matrix]] = field(default_factory=list)
    """Outlines that are to be filled, each with the transform that it stands under."""
    defined: int = 0

    def push_transform(self, *matrix: float) -> None:
        self.transforms.append(_times(self.transforms[-1], _matrix(matrix)))

    def fill(self, drawn: str, transform: Matrix, paint: str) -> None:
        if drawn:
            self.layers[-1].append(f'<path{_transform(transform)} {paint} d="{drawn}"/>')

    def push_rectangle(self, left: float, bottom: float, right: float, top: float) -> None:
        corners = f"M{short(left)} {short(bottom)}H{short(right)}V{short(top)}H{short(left)}Z"
        self.clips.append((corners, self.transforms[-1]))

    def gradient(self, kind: str, places: str, line: hb.ColorLine) -> None:
        drawn, transform = self.clips[-1]
        name = self._name()
        stops = "".join(
            f'<stop offset="{short(stop.offset)}" stop-color="{_hex(stop.color)}"{_opacity("stop", stop.color)}/>'
            for stop in line.color_stops
        )
        within = _times(_inverse(transform), self.transforms[-1])
        self.layers[-1].append(
            f'<{kind} id="{name}" gradientUnits="userSpaceOnUse" {places}'
            f"{_transform(within, 'gradientTransform')}>{stops}</{kind}>"
        )
        self.fill(drawn, transform, f'fill="url(#{name})"')

    def pop_group(self, mode: hb.PaintCompositeMode) -> None:
        group = "".join(self.layers.pop())
        match mode:
            case hb.PaintCompositeMode.SRC_IN:  # the group, where and as much as what is below it is there
                name, below = self._name(), "".join(self.layers[-1])
                self.layers[-1] = [
                    f'<mask id="{name}" maskUnits="userSpaceOnUse" x="-2000" y="-2000" width="6000" height="6000" '
                    f'mask-type="alpha">{below}</mask><g mask="url(#{name})">{group}</g>'
                ]
            case hb.PaintCompositeMode.SOFT_LIGHT:
                self.layers[-1].append(f'<g style="mix-blend-mode:soft-light">{group}</g>')
            case _:
                self.layers[-1].append(f"<g>{group}</g>")

    def _name(self) -> str:
        self.defined += 1
        return f"{self.name}-{self.defined}"


@cache
def _painting() -> hb.PaintFuncs:
    """What the emoji of our file use, which a test counts: no sweeps, no repeated gradients, no pictures."""
    funcs = hb.PaintFuncs()
    funcs.set_push_transform_func(lambda *args: args[-1].push_transform(*args[:-1]))
    funcs.set_pop_transform_func(lambda painter: painter.transforms.pop())
    funcs.set_push_clip_glyph_func(
        lambda glyph, painter: painter.clips.append((outline(painter.face, glyph), painter.transforms[-1]))
    )
    funcs.set_push_clip_rectangle_func(lambda *args: args[-1].push_rectangle(*args[:-1]))
    funcs.set_pop_clip_func(lambda painter: painter.clips.pop())
    funcs.set_fill_glyph_func(
        lambda glyph, colour, _, painter: painter.fill(
            outline(painter.face, glyph), painter.transforms[-1], _solid(colour)
        )
    )
    funcs.set_color_func(lambda colour, _, painter: painter.fill(*painter.clips[-1], _solid(colour)))
    funcs.set_linear_gradient_func(lambda line, *args: args[-1].gradient("linearGradient", _straight(*args[:-1]), line))
    funcs.set_radial_gradient_func(lambda line, *args: args[-1].gradient("radialGradient", _round(*args[:-1]), line))
    funcs.set_push_group_func(lambda painter: painter.layers.append([]))
    funcs.set_pop_group_func(lambda mode, painter: painter.pop_group(mode))
    return funcs


def _straight(x0: float, y0: float, x1: float, y1: float, x2: float, y2: float) -> str:
    """COLR turns a gradient by a third point; SVG has two, so the end moves onto the line at a right angle to it."""
    dx, dy = x2 - x0, y2 - y0
    if square := dx * dx + dy * dy:
        k = (dx * (x1 - x0) + dy * (y1 - y0)) / square
        x1, y1 = x1 - k * dx, y1 - k * dy
    return f'x1="{short(x0)}" y1="{short(y0)}" x2="{short(x1)}" y2="{short(y1)}"'


def _round(x0: float, y0: float, r0: float, x1: float, y1: float, r1: float) -> str:
    return f'fx="{short(x0)}" fy="{short(y0)}" fr="{short(r0)}" cx="{short(x1)}" cy="{short(y1)}" r="{short(r1)}"'


def _solid(colour: hb.Color) -> str:
    return f'fill="{_hex(colour)}"{_opacity("fill", colour)}'


def _hex(colour: hb.Color) -> str:
    return f"#{colour.red:02x}{colour.green:02x}{colour.blue:02x}"


def _opacity(what: str, colour: hb.Color) -> str:
    return "" if colour.alpha == 255 else f' {what}-opacity="{short(colour.alpha / 255)}"'


def _transform(matrix: Matrix, name: str = "transform") -> str:
    return "" if matrix == _PLAIN else f' {name}="matrix({" ".join(map(short, matrix))})"'


def _matrix(values: tuple[float, ...]) -> Matrix:
    a, b, c, d, e, f = values
    return a, b, c, d, e, f


def _times(outer: Matrix, inner: Matrix) -> Matrix:
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f


def _inverse(matrix: Matrix) -> Matrix:
    a, b, c, d, e, f = matrix
    size = a * d - b * c or 1.0
    return d / size, -b / size, -c / size, a / size, (c * f - d * e) / size, (b * e - a * f) / size
