"""Run other programs: output into a log file, failures as one line."""

from __future__ import annotations

import errno
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from .errors import Problem

SIGNS = {
    "No space left on device": "the disk is full: free some space and run it again",
    "Temporary failure": "no network: check the connection and run it again",
    "Could not resolve": "no network: check the connection and run it again",
    "Unable to connect": "no network: check the connection and run it again",
    "Could not connect": "no network: check the connection and run it again",
    "Connection failed": "no network: check the connection and run it again",
    "Network is unreachable": "no network: check the connection and run it again",
    "NewConnectionError": "no network: check the connection and run it again",
    "ENOTFOUND": "no network: check the connection and run it again",
    "EAI_AGAIN": "no network: check the connection and run it again",
    "SELF_SIGNED_CERT": "the network's certificate is not trusted: add it to the system's",
    "CERTIFICATE_VERIFY_FAILED": "the network's certificate is not trusted: add it to the system's",
    "ECONNREFUSED": "no network: check the connection and run it again",
}


def say(text: str) -> None:
    """Tell the user what goes on."""
    print(text, flush=True)


def cause(output: str) -> str | None:
    """The plain words for a failure that is recognised in a program's output."""
    for sign, words in SIGNS.items():
        if sign in output:
            return words
    return None


def is_root() -> bool:
    """Whether we may install packages and must not run the database server."""
    return os.geteuid() == 0


def output(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: str | None = None,
    text: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a short program and keep what it prints; the caller judges its exit code."""
    return subprocess.run(
        [str(part) for part in argv],
        env=_environment(env, user),
        cwd="/" if user else cwd,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        **({"input": text} if text is not None else {"stdin": subprocess.DEVNULL}),
        **identity(user),
    )


def logged(
    argv: Sequence[str | Path],
    log: Path,
    what: str,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a long program with its output in ``log``; a failure is one line.

    ``what`` completes the sentence "could not ...".
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as stream:
        code = _run_into(stream, argv, env, cwd)
    if code:
        text = log.read_text(encoding="utf-8", errors="replace")
        why = cause(text) or last_line(text) or f"exit code {code}"
        raise Problem(f"could not {what}: {why} (log: {log})")


def passed_on(
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> int:
    """Run a program on the user's own terminal and return its exit code."""
    sys.stdout.flush()
    process = subprocess.Popen([str(part) for part in argv], env=env, cwd=cwd)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # The terminal sent it to the program as well: let it finish in its own way.
            continue


def identity(user: str | None) -> dict[str, Any]:
    """The arguments of ``subprocess`` that make a program run as ``user``."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def last_line(text: str) -> str:
    """The last line that says something, shortened."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if "A complete log of this run" not in line]
    return lines[-1][:200] if lines else ""


def wait_until(check: Any, seconds: float, pause: float = 0.2) -> bool:
    """Whether ``check`` came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(pause)
    return bool(check())


def words_for(error: OSError) -> str:
    """An operating system error as one line that says what to do."""
    name = error.filename or "a file"
    if error.errno == errno.ENOSPC:
        return "the disk is full: free some space and run it again"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{name} is not ours to write: was the last run another user's?"
    return f"{name}: {error.strerror or error}"


def _run_into(
    stream: IO[str],
    argv: Sequence[str | Path],
    env: Mapping[str, str] | None,
    cwd: Path | None,
) -> int:
    return subprocess.run(
        [str(part) for part in argv],
        env=env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=stream,
        stderr=subprocess.STDOUT,
        check=False,
    ).returncode


def _environment(env: Mapping[str, str] | None, user: str | None) -> Mapping[str, str] | None:
    if user is None:
        return env
    return {**(env or os.environ), "HOME": "/", "USER": user, "LOGNAME": user}
