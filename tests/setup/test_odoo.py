"""ODOO_PATH in the forms that people will give it; the addons; the file of a test."""

import pytest

from workbench.addons import Addons
from workbench.errors import Problem
from workbench.lint import orphans
from workbench.odoo import locate, read_series


@pytest.fixture
def checkout(tmp_path):
    """A folder that holds an Odoo 19."""
    (tmp_path / "odoo").mkdir()
    (tmp_path / "odoo/release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    return tmp_path


def test_checkout_and_package_folder_are_both_understood(checkout):
    assert locate(checkout) == checkout
    assert locate(checkout / "odoo") == checkout


def test_folder_without_odoo_is_told(tmp_path):
    with pytest.raises(Problem, match="holds no Odoo"):
        locate(tmp_path)


def test_series(checkout):
    assert read_series(checkout / "odoo/release.py") == (19, 0)
    (checkout / "odoo/release.py").write_text("version_info = ('saas~18', 4)\n")
    assert read_series(checkout / "odoo/release.py") == ()


@pytest.fixture
def repo(tmp_path):
    def addon(name, manifest):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__manifest__.py").write_text(manifest)

    addon("crm_relationship", "{'depends': ['crm', 'sms']}")
    addon("crm_relationship_sale", "{'depends': ['crm_relationship', 'sale_crm']}")
    addon("crm_relationship_old", "{'depends': ['fax'], 'installable': False}")
    addon("another", "{'depends': ['web']}")
    return tmp_path


def test_addons_are_ours_and_installable(repo):
    addons = Addons(repo)
    assert addons.names == ["crm_relationship", "crm_relationship_sale"]
    assert addons.stock() == ["crm", "sale_crm", "sms"]
    assert [addon.name for addon in addons.bridges] == ["crm_relationship_sale"]
    assert addons.core.names == ["crm_relationship"]
    assert addons.core.stock() == ["crm", "sms"]
    assert len(addons.names) == 2


def test_checksum_follows_the_addons(repo):
    before = Addons(repo).checksum()
    (repo / "crm_relationship/models.py").touch()
    assert Addons(repo).checksum() != before


def test_test_file_that_odoo_would_not_run_is_found(tmp_path):
    (tmp_path / "__init__.py").write_text("from . import common, test_a\nfrom . import test_b\n")
    for name in ("test_a", "test_b", "test_c"):
        (tmp_path / f"{name}.py").touch()
    assert [path.name for path in orphans(tmp_path)] == ["test_c.py"]
