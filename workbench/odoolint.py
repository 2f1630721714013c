"""A pytest plugin: Odoo's own lint, the addon ``test_lint``, over our addons alone.

Its tests walk all addons that Odoo finds; here they find only those named in an
environment variable. Tests that look at the registry see what is installed.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from .tester import LINTED

PACKAGE = "odoo.addons.test_lint.tests"


def pytest_collection(session: pytest.Session) -> None:
    """Stand in for the package of the tests: its own file imports all of them."""
    for argument in session.config.args:
        folder = Path(argument.split("::")[0]).parent
        if folder.parts[-2:] == ("test_lint", "tests"):
            package = types.ModuleType(PACKAGE)
            package.__path__ = [str(folder)]
            package.__file__ = str(folder / "__init__.py")
            sys.modules[PACKAGE] = package


@pytest.fixture(autouse=True)  # type: ignore[untyped-decorator,unused-ignore]
def only_ours() -> Iterator[None]:
    """Let Odoo find our addons and no other."""
    from odoo.modules import Manifest

    names = os.environ[LINTED].split(",")
    found = [Manifest.for_addon(name) for name in names]
    with patch.object(Manifest, "all_addon_manifests", staticmethod(lambda: found)):
        yield
