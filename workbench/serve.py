"""`make run`: a browser's address and a login."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from .databases import Demo
from .errors import Problem
from .locks import claimed
from .project import Project
from .shell import say

FIRST_PORT = 8069
TRIES = 20


def serve(project: Project) -> int:
    """Serve the demo database until it is interrupted."""
    project.ensure()
    address = project.places.home / "address"
    with claimed(project.places.home / "locks/serve") as ours:
        if not ours:
            say(f"already served: {read(address) or 'by another run'}")
            return 0
        Demo(project.databases, project.addons).ensure()
        port = choose_port(os.environ.get("PORT"))
        url = f"http://localhost:{port}"
        address.write_text(url, encoding="utf-8")
        try:
            return _run(project, port, url)
        finally:
            address.unlink(missing_ok=True)


def choose_port(asked: str | None) -> int:
    """The port that was asked for, or the first free one from Odoo's usual on."""
    if asked:
        if not asked.isdigit() or not 0 < int(asked) < 65536:
            raise Problem(f"PORT={asked} is no port: name one from 1024 to 65535")
        if not is_free(int(asked)):
            raise Problem(f"port {asked} is busy: choose another with make run PORT=...")
        return int(asked)
    for port in range(FIRST_PORT, FIRST_PORT + TRIES):
        if is_free(port):
            return port
    raise Problem(f"ports {FIRST_PORT} to {port} are busy: make run PORT=... names another")


def is_free(port: int) -> bool:
    """Whether a server could listen on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((os.environ.get("LISTEN") or "127.0.0.1", port))
        except PermissionError as error:
            raise Problem(f"port {port} is for root only: choose one above 1023") from error
        except OSError:
            return False
    return True


def read(path: Path) -> str:
    """The content of a small file that may not be there."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _run(project: Project, port: int, url: str) -> int:
    odoo = project.odoo
    words = [
        *("-d", Demo.NAME, "--db-filter", f"^{Demo.NAME}$"),
        *("--http-port", str(port), "--gevent-port", str(port + 1000)),
        *("--log-handler", "werkzeug:WARNING"),
    ]
    if os.environ.get("LISTEN"):
        words += ["--http-interface", os.environ["LISTEN"]]
    server = subprocess.Popen(odoo.command(*words), env=odoo.environment())
    threading.Thread(target=_announce, args=(server, url), daemon=True).start()
    return _wait(server)


def _wait(server: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            return max(server.wait(), 0)
        except KeyboardInterrupt:
            # The terminal sent it to Odoo as well, which now shuts down in order.
            continue
        except SystemExit:
            server.terminate()


def _announce(server: subprocess.Popen[bytes], url: str) -> None:
    """Say where to look as soon as there is something to see."""
    while server.poll() is None:
        if answers(f"{url}/web/health"):
            line = "=" * 64
            say(f"{line}\n  {url}  login: admin  password: admin\n{line}")
            return
        time.sleep(0.3)


def answers(url: str) -> bool:
    """Whether a server answers at the address."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
