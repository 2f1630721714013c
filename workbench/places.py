"""Where everything lies: one ignored folder of the repository and a download cache."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

NAME = "crm_relationship"


@dataclass(frozen=True)
class Places:
    """The folders of one checkout.

    ``home`` holds all that the set-up makes and may be deleted at any time; ``cache``
    holds downloads and is shared by all checkouts of one user.
    """

    repo: Path
    home: Path
    cache: Path

    @classmethod
    def of(cls, repo: Path, environ: dict[str, str] | None = None) -> Places:
        """The places of the checkout at ``repo`` for a user with this environment."""
        env = os.environ if environ is None else environ
        user_cache = env.get("XDG_CACHE_HOME") or os.path.join(
            env.get("HOME") or os.path.expanduser("~"), ".cache"
        )
        repo = repo.resolve()
        return cls(repo, repo / ".odoo", Path(user_cache) / NAME)

    @property
    def logs(self) -> Path:
        """One file for each step that talks much."""
        return self.home / "logs"

    @property
    def data(self) -> Path:
        """Odoo's own data folder: sessions and filestores."""
        return self.home / "data"

    @property
    def token(self) -> str:
        """A few letters that tell this checkout from others on the machine."""
        return hashlib.sha256(str(self.repo).encode()).hexdigest()[:8]

    def make(self) -> None:
        """Create the folders that every command needs."""
        for folder in (self.home, self.logs, self.data, self.cache):
            folder.mkdir(parents=True, exist_ok=True)
