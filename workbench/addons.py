"""The addons at the top of the repository."""

from __future__ import annotations

import ast
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from .places import NAME
from .stamps import tree_sha256


@dataclass(frozen=True)
class Addon:
    """One addon of ours: its name and what it depends on."""

    path: Path
    depends: tuple[str, ...]
    installable: bool

    @property
    def name(self) -> str:
        """Its technical name."""
        return self.path.name

    @classmethod
    def read(cls, path: Path) -> Addon:
        """From its manifest."""
        text = (path / "__manifest__.py").read_text(encoding="utf-8")
        manifest = ast.literal_eval(text)
        depends = tuple(manifest.get("depends", ()))
        return cls(path, depends, manifest.get("installable", True))


class Addons:
    """Our addons, and how they stand to those of Odoo."""

    def __init__(self, repo: Path) -> None:
        manifests = sorted(repo.glob(f"{NAME}*/__manifest__.py"))
        found = (Addon.read(path.parent) for path in manifests)
        self.all = [addon for addon in found if addon.installable]

    @property
    def core(self) -> Addons:
        """The addon that all others build on, by itself."""
        core = copy(self)
        core.all = [addon for addon in self.all if addon.name == NAME]
        return core

    @property
    def bridges(self) -> list[Addon]:
        """Those that install themselves beside another app of Odoo."""
        return [addon for addon in self.all if addon.name != NAME]

    @property
    def names(self) -> list[str]:
        """The names of ours, the core first."""
        return [addon.name for addon in self.all]

    @property
    def folders(self) -> list[Path]:
        """Where ours lie."""
        return [addon.path for addon in self.all]

    def stock(self) -> list[str]:
        """What ours need of Odoo."""
        wanted = {name for addon in self.all for name in addon.depends}
        return sorted(wanted - set(self.names))

    def checksum(self) -> str:
        """Changes when a database made with ours has to be upgraded."""
        return tree_sha256(self.folders, ignored=["tests"])
