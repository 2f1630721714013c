"""What can be said about the cluster without starting one."""

import os
from pathlib import Path

from workbench.postgres import SOCKET_LIMIT, is_postgres, socket_folder

NAME = "/.s.PGSQL.5432.lock"


def test_socket_stays_in_the_project_when_its_path_is_short():
    assert socket_folder(Path("/home/me/project/.odoo/postgres/socket"), "t") == Path(
        "/home/me/project/.odoo/postgres/socket"
    )


def test_socket_of_a_deep_checkout_goes_to_a_short_folder():
    folder = socket_folder(Path("/home/me", "d" * 90, "socket"), "0a1b2c3d")
    assert folder.name.endswith("0a1b2c3d")
    assert len(str(folder) + NAME) <= SOCKET_LIMIT


def test_socket_is_short_even_when_the_temporary_folder_is_deep(monkeypatch, tmp_path):
    deep = tmp_path / ("d" * 80)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    folder = socket_folder(Path("/home/me", "d" * 90, "socket"), "0a1b2c3d")
    assert len(str(folder) + NAME) <= SOCKET_LIMIT


def test_path_length_counts_in_bytes():
    folder = Path("/home/me", "é" * 45, "socket")
    assert socket_folder(folder, "t") != folder


def test_number_of_another_program_is_no_server():
    assert not is_postgres(str(os.getpid()))
    assert not is_postgres("999999999")
    assert not is_postgres("")
