"""Files that are generated and committed: written again, or compared with what would be written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).parent.parent
Files: TypeAlias = Mapping[Path, str]


def refresh(generated: Callable[[], Files], arguments: Sequence[str] | None = None) -> int:
    """With `--write` writes what differs; without it names what differs and ends with 1."""
    parser = argparse.ArgumentParser(description="Compares the committed files with what is generated.")
    parser.add_argument("--write", action="store_true", help="write what differs")
    write = parser.parse_args(arguments).write
    old = stale(generated())
    for path, text in old.items():
        if write:
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)} {'written' if write else 'is out of date'}\n")
    return 0 if write or not old else 1


def stale(files: Files) -> Files:
    """Those that are missing or say something else."""
    return {path: text for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
