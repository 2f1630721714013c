"""The port that `make run` serves on."""

import socket

import pytest

from workbench import serve
from workbench.errors import Problem


@pytest.fixture
def busy():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_usual_port_when_busy_gives_way_to_the_next(busy, monkeypatch):
    monkeypatch.setattr(serve, "FIRST_PORT", busy)
    assert busy < serve.choose_port(None) < busy + serve.TRIES


def test_asked_port_that_is_busy_is_told(busy):
    with pytest.raises(Problem, match=f"port {busy} is busy: choose another"):
        serve.choose_port(str(busy))


def test_asked_port_that_is_free_is_taken(busy):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        free = listener.getsockname()[1]
    assert serve.choose_port(str(free)) == free


@pytest.mark.parametrize("asked", ["http", "0", "70000", "-1"])
def test_asked_port_that_is_none_is_told(asked):
    with pytest.raises(Problem, match="is no port"):
        serve.choose_port(asked)


def test_all_busy_is_told(busy, monkeypatch):
    monkeypatch.setattr(serve, "FIRST_PORT", busy)
    monkeypatch.setattr(serve, "TRIES", 1)
    with pytest.raises(Problem, match="make run PORT="):
        serve.choose_port(None)
