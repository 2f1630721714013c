"""A worker of Odoo, a process of its own: does the scheduled actions until none is due.

    python worker.py DATABASE [MODEL METHOD CALL before|after]

With a point it stops there, says so in a line, and goes on when it is told to. It can be
killed meanwhile. `CALL` is the number of the call of the method, counted from 1.
"""

import os
import sys

# Odoo gives a job ten seconds and comes back to it: that often on a slow machine.
ROUNDS = 30


def stop(where):
    """Say where we are, and wait until we may go on."""
    os.write(ANSWERS, f"{where}\n".encode())
    sys.stdin.readline()


def stop_at(registry, model, method, call, moment):
    """Have the method of a model stop before or after one of its calls."""
    origin = getattr(registry[model], method)
    calls = 0

    def wrapper(self, *args, **kwargs):
        nonlocal calls
        calls += 1
        is_here = calls == int(call)
        if is_here and moment == "before":
            stop("here")
        result = origin(self, *args, **kwargs)
        if is_here and moment == "after":
            self.env.flush_all()
            stop("here")
        return result

    setattr(registry[model], method, wrapper)


def main(database, *point):
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=warn"])
    from odoo.sql_db import db_connect

    from odoo.addons.base.models.ir_cron import IrCron

    registry = Registry(database)
    if point:
        stop_at(registry, *point)
    stop("ready")
    for __ in range(ROUNDS):
        IrCron._process_jobs(database)
        with db_connect(database).cursor() as cr:
            if not IrCron._get_all_ready_jobs(cr):
                break


if __name__ == "__main__":
    ANSWERS = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    main(*sys.argv[1:])
