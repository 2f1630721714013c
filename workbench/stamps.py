"""Stamps say that a step was done, and of what; they are written last."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

IGNORED = {"__pycache__", "node_modules"}


class Stamps:
    """Remembers for each step the key of what it was made from.

    A step killed half way leaves no stamp, so the next run does it again.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, step: str, key: str) -> bool:
        """Whether ``step`` was completed for exactly this ``key``."""
        return self.read(step) == key

    def read(self, step: str) -> str | None:
        """The key that ``step`` was last completed for."""
        try:
            return (self.folder / step).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def write(self, step: str, key: str) -> None:
        """Note that ``step`` is complete."""
        self.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / step, key)

    def remove(self, step: str) -> None:
        """Forget ``step``, before its result is touched."""
        (self.folder / step).unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """Write a file so that others see the old or the new one, never a half."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def digest(*parts: str) -> str:
    """One key out of several texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file of any size."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            total.update(block)
    return total.hexdigest()


def tree_sha256(folders: Iterable[Path], ignored: Iterable[str] = ()) -> str:
    """The checksum of all files below ``folders``: their names and their content."""
    skip = IGNORED | set(ignored)
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(_files(folder, skip)):
            total.update(str(path.relative_to(folder.parent)).encode() + b"\0")
            total.update(path.read_bytes() + b"\0")
    return total.hexdigest()


def _files(folder: Path, skip: set[str]) -> Iterable[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in skip]
        for name in names:
            if not name.endswith((".pyc", ".orig", "~")):
                yield Path(parent, name)
