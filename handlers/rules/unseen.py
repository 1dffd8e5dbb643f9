"""Characters that nobody sees, which would let two names look alike or a reason look written."""

from __future__ import annotations

_RANGES = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Unicode's Default_Ignorable_Code_Point; source: DerivedCoreProperties.txt, the same since version 12."""
_UNSEEN = frozenset(code for first, last in _RANGES for code in range(first, last + 1))


def is_unseen(char: str) -> bool:
    return ord(char) in _UNSEEN


def seen(text: str) -> str:
    """What of a text anybody sees."""
    return "".join(one for one in text if not is_unseen(one)).strip()
