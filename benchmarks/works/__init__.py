"""The pieces of work that are measured, one file a goal of the project.

Each file has `WORKS` (name -> `Work`), which run inside Odoo, and `figures(costs)`, which
judges what they cost. `ALL` is what the driver asks for.
"""

from . import (
    p1_tasks,
    p2_letters,
    p3_bad_record,
    p4_again,
    p5_volume,
    p6_hot_paths,
    p7_forms,
    p8_briefing,
    p9_sources,
)

ALL = (
    p1_tasks,
    p2_letters,
    p3_bad_record,
    p4_again,
    p5_volume,
    p6_hot_paths,
    p7_forms,
    p8_briefing,
    p9_sources,
)
