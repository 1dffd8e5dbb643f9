"""Pictures of screens made small: 256 colours are enough for letters on paper, and take a third of the room."""

from __future__ import annotations

import base64
import struct
import zlib
from collections import Counter
from collections.abc import Iterable
from functools import cache

from playwright.async_api import Page

_DECODE = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (one) => one.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(picture.width, picture.height), pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const { data } = pen.getImageData(0, 0, picture.width, picture.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return [picture.width, btoa(text)];
}"""
_COLOURS = 256
_INDEXED = struct.pack(">BBBBB", 8, 3, 0, 0, 0)
"""Eight bits a pixel that name a colour of the palette; no interlacing. PNG specification (W3C, 2003), 11.2.2."""


async def make_small(page: Page, png: bytes) -> bytes:
    """The same picture in few colours. The page, any that is open, reads the picture for us."""
    width, text = await page.evaluate(_DECODE, base64.b64encode(png).decode())
    pixels = base64.b64decode(text)
    colours = [pixels[at : at + 3] for at in range(0, len(pixels), 4)]
    palette = _palette(colours)

    @cache
    def nearest(colour: bytes) -> int:
        return min(range(len(palette)), key=lambda at: _distance(palette[at], colour))

    drawn = bytes(map(nearest, colours))
    rows = b"".join(b"\0" + drawn[at : at + width] for at in range(0, len(drawn), width))
    head = struct.pack(">II", width, len(drawn) // width) + _INDEXED
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _palette(colours: Iterable[bytes]) -> list[bytes]:
    """The commonest ones, but first one of each kind: a small red dot stays red."""
    commonest = [one for one, _ in Counter(colours).most_common()]
    kinds: dict[bytes, bytes] = {}
    for one in commonest:
        kinds.setdefault(bytes(part >> 5 for part in one), one)
    return list(dict.fromkeys([*kinds.values(), *commonest]))[:_COLOURS]


def _distance(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
