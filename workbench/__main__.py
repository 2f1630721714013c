"""The commands behind the Makefile and ``./odoo``."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from .errors import Problem
from .project import Project
from .shell import passed_on, say, words_for

REPO = Path(__file__).resolve().parent.parent


def setup(project: Project, words: list[str]) -> int:
    """Provision everything."""
    project.ensure(browser=True)
    project.ensure_lint()
    say("ready: make run, make test")
    return 0


def run(project: Project, words: list[str]) -> int:
    """Serve the demo database."""
    from .serve import serve

    return serve(project)


def odoo(project: Project, words: list[str]) -> int:
    """Odoo's own command line."""
    project.ensure()
    return passed_on(project.odoo.command(*words), env=project.odoo.environment())


def test(project: Project, words: list[str]) -> int:
    """Lint and all tests."""
    from .gate import Gate

    return Gate(project).run()


def lint(project: Project, words: list[str]) -> int:
    """The lint checks alone."""
    from .lint import Lint

    return Lint(project).report()


def format_(project: Project, words: list[str]) -> int:
    """Put the files into the form that lint asks for."""
    from .lint import Lint

    return Lint(project).format()


def test_odoo(project: Project, words: list[str]) -> int:
    """Odoo's own suites with our addons installed."""
    from .suites import Suites

    return Suites(project).run()


def bench(project: Project, words: list[str]) -> int:
    """What the addon costs, against Odoo alone."""
    from benchmarks.bench import Bench

    size = os.environ.get("N") or "100000"
    if not size.isdigit() or int(size) < 1000 or int(size) % 10:
        raise Problem(f"N={size}: the number of contacts is a multiple of 10, at least 1000")
    only = frozenset((os.environ.get("ONLY") or "").lower().split())
    return Bench(project, int(size), only).run()


def environment(project: Project, words: list[str]) -> int:
    """What a shell has to set to run Python, pytest and psql as the commands do."""
    with contextlib.redirect_stdout(sys.stderr):
        project.ensure()
    for name, value in project.odoo.environment().items():
        if os.environ.get(name) != value:
            print(f"export {name}={shlex.quote(value)}")
    return 0


def stop(project: Project, words: list[str]) -> int:
    """Stop the database server."""
    if project.places.home.exists():
        project.cluster.stop()
    return 0


def clean(project: Project, words: list[str]) -> int:
    """Delete what the set-up made."""
    project.remove()
    return 0


COMMANDS: dict[str, Callable[[Project, list[str]], int]] = {
    "setup": setup,
    "run": run,
    "odoo": odoo,
    "test": test,
    "lint": lint,
    "format": format_,
    "test-odoo": test_odoo,
    "bench": bench,
    "environment": environment,
    "stop": stop,
    "clean": clean,
}


def main(argv: list[str]) -> int:
    """Run one command; what the user can put right is one line, not a traceback."""
    # They were for finding this package; Odoo must not inherit them.
    for name in ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        os.environ.pop(name, None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return COMMANDS[argv[0]](Project(REPO), argv[1:])
    except Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
    except OSError as error:
        print(f"error: {words_for(error)}", file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on where it was", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
