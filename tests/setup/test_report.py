"""The sum tells the truth: no test, a skipped test and a crash are failures."""

import pytest

from workbench.odoolog import complaints
from workbench.report import Tally, from_junit, short, summary
from workbench.suites import KNOWN, set_known_apart

SUITE = '<testsuites><testsuite name="pytest">{}</testsuite></testsuites>'
PASSED = '<testcase classname="a" name="good"/>'
FAILED = '<testcase classname="a" name="bad"><failure message="m"/></testcase>'
ERROR = '<testcase classname="a" name="broken"><error message="m"/></testcase>'
SKIPPED = '<testcase classname="a" name="tour"><skipped message="no browser"/></testcase>'


@pytest.fixture
def tally(tmp_path):
    def read(*cases, exit_code=0, may_skip=False):
        (tmp_path / "report.xml").write_text(SUITE.format("".join(cases)))
        return from_junit("part", tmp_path / "report.xml", exit_code, may_skip=may_skip)

    return read


def test_counts(tally):
    found = tally(PASSED, PASSED, FAILED, ERROR, exit_code=1)
    assert (found.passed, found.failed) == (2, 2)


def test_skipped_test_has_failed_and_says_why(tally):
    found = tally(PASSED, SKIPPED)
    assert (found.passed, found.failed) == (1, 1)
    assert found.notes == ["skipped: a::tour: no browser"]


def test_skipped_test_of_others_is_counted_apart(tally, capsys):
    found = tally(PASSED, SKIPPED, may_skip=True)
    assert (found.passed, found.failed, found.skipped) == (1, 0, 1)
    assert summary([found]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 1 skipped"


def test_no_test_at_all_has_failed(tally, tmp_path):
    assert tally(exit_code=5).failed == 1
    assert from_junit("part", tmp_path / "missing.xml", 0).failed == 1


def test_bad_end_without_a_failed_test_has_failed(tally):
    assert tally(PASSED, exit_code=2).failed == 1


def test_half_written_report_has_failed(tmp_path):
    (tmp_path / "report.xml").write_text("<testsuites><testsu")
    assert from_junit("part", tmp_path / "report.xml", 0).failed == 1


def test_closing_line_and_exit_code(capsys):
    assert summary([Tally("a", 2), Tally("b", 1)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "3 passed, 0 failed"
    assert summary([Tally("a", 2), Tally("b", 0, 1, notes=["failed: x"])]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "2 passed, 1 failed"
    assert summary([]) == 1


LOG = """\
2026-01-01 10:00:00,000 12 INFO db odoo.modules.loading: all well
2026-01-01 10:00:00,000 12 WARNING db odoo.models: Model x has no _description
Traceback (most recent call last):
2026-01-01 10:00:00,000 12 ERROR ? odoo.sql_db: bad query
2026-01-01 10:00:00,000 12 WARNING db py.warnings: /venv/site-packages/lib.py:1: Deprecation
Running as user 'root' is a security risk.
"""


def test_complaints_without_the_noise():
    assert complaints(LOG) == [
        "db odoo.models: Model x has no _description",
        "? odoo.sql_db: bad query",
    ]


def test_class_is_named_without_the_folders_of_odoo():
    assert short(".home.me.odoo.addons.crm.tests.test_a.TestA") == "crm.tests.test_a.TestA"
    assert short("src.addons.crm.tests.test_a.TestA") == "crm.tests.test_a.TestA"
    assert short("crm_relationship.tests.test_a.TestA") == "crm_relationship.tests.test_a.TestA"


def test_what_fails_without_us_is_counted_apart():
    known = next(iter(KNOWN))
    tally = Tally("crm", 2, 2, notes=[f"failed: {known}", "failed: crm.tests.test_b.TestB::test"])
    set_known_apart(tally)
    assert (tally.failed, tally.skipped) == (1, 1)
    assert tally.notes[0].startswith("known to fail in Odoo alone")
