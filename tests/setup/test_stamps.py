"""Stamps hold for one key only; checksums see names and contents."""

from workbench.stamps import Stamps, digest, file_sha256, tree_sha256


def test_stamp_holds_for_its_key_only(tmp_path):
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.holds("step", "one")
    stamps.write("step", "one")
    assert stamps.holds("step", "one")
    assert not stamps.holds("step", "two")
    stamps.remove("step")
    stamps.remove("step")
    assert stamps.read("step") is None


def test_parts_of_a_key_do_not_run_together():
    assert digest("ab", "c") != digest("a", "bc")


def test_tree_changes_with_content_and_names(tmp_path):
    addon = tmp_path / "addon"
    addon.mkdir()
    (addon / "a.py").write_text("1")
    first = tree_sha256([addon])
    (addon / "a.py").write_text("2")
    second = tree_sha256([addon])
    (addon / "a.py").rename(addon / "b.py")
    assert len({first, second, tree_sha256([addon])}) == 3


def test_tree_does_not_see_what_python_and_editors_leave(tmp_path):
    addon = tmp_path / "addon"
    for folder in ("__pycache__", "tests"):
        (addon / folder).mkdir(parents=True)
    before = tree_sha256([addon], ignored=["tests"])
    for name in ("__pycache__/a.pyc", "a.py~", "b.pyc", "tests/test_a.py"):
        (addon / name).write_text("x")
    assert tree_sha256([addon], ignored=["tests"]) == before


def test_file_checksum(tmp_path):
    (tmp_path / "empty").touch()
    assert file_sha256(tmp_path / "empty").startswith("e3b0c44298fc1c14")
