"""The project's PostgreSQL, on a cluster of its own: made, killed, found half dead."""

import os
import signal
import subprocess

import pytest

from workbench.places import Places
from workbench.postgres import Cluster
from workbench.shell import wait_until

pytestmark = pytest.mark.database


@pytest.fixture
def cluster(tmp_path):
    places = Places.of(tmp_path / "repo", {"XDG_CACHE_HOME": str(tmp_path / "cache")})
    places.make()
    cluster = Cluster(places)
    yield cluster
    cluster.remove()
    assert not cluster.base.exists()


def pid_of(cluster):
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def is_gone(pid):
    return subprocess.run(["kill", "-0", str(pid)], capture_output=True).returncode != 0


def test_life(cluster):
    cluster.ensure()
    pid = pid_of(cluster)
    cluster.ensure()
    assert pid_of(cluster) == pid, "a running server is left alone"
    role = "SELECT rolcreatedb AND NOT rolsuper FROM pg_roles WHERE rolname = 'odoo'"
    assert cluster.ask(role) == ["t"]

    os.kill(pid, signal.SIGKILL)
    cluster.ensure()
    assert cluster.is_up(), "it starts again over the remains of a killed one"

    cluster.stop()
    cluster.stop()
    assert not cluster.is_up()

    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n0\n5432\n")
    cluster.ensure()
    assert cluster.is_up(), "another process has the number of the old server"

    for path in cluster.socket.iterdir():
        path.unlink()
    cluster.ensure()
    assert cluster.is_up(), "its socket was swept away with the temporary files"

    pid = pid_of(cluster)
    cluster.remove()
    assert wait_until(lambda: is_gone(pid), seconds=10)


def test_interrupted_making_starts_again(cluster):
    cluster.ensure()
    cluster.stop()
    cluster.data.rename(cluster.base / "data.new")
    cluster.ensure()
    assert cluster.is_up()
