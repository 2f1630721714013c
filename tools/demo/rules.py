"""What rules have done, as lines of their ledger; nothing was sent for it.

"Keep in touch" is switched on and makes tasks; "Welcome to a new client" wrote to those the
banner brought, and is off again, for a database to try things out should write to nobody.
"""

from .days import Month, Week

DONE, SKIPPED = "done", "skipped"
# The rhythm of each status, as in crm_relationship_status_data.xml.
RHYTHM = {"prospect": 14, "customer": 60, "regular": 30, "key": 14, "dormant": 90}

# "Keep in touch": client, when it was due, what became of it.
KEPT = [
    ("marigold", Week(11, 1, 7), DONE),
    ("quillstone", Week(11, 3, 7), DONE),
    ("fernhill", Week(10, 2, 7), DONE),
    ("azure", Week(10, 4, 7), SKIPPED),
    ("harbourlight", Week(9, 0, 7), SKIPPED),
    ("ready_mat", Week(8, 1, 7), DONE),
    ("azure", Week(8, 2, 7), DONE),
    ("petra", Week(8, 4, 7), DONE),
    ("jackson", Week(7, 3, 7), DONE),
    ("tallowfield", Week(6, 0, 7), DONE),
    ("silverbirch", Week(6, 2, 7), SKIPPED),
    ("larchwood", Week(6, 3, 7), DONE),
    ("fernhill", Week(5, 1, 7), DONE),
    ("gemini", Week(5, 4, 7), DONE),
    ("quillstone", Week(4, 0, 7), DONE),
    ("ready_mat", Week(4, 2, 7), SKIPPED),
    ("harbourlight", Week(3, 1, 7), DONE),
    ("marigold", Week(3, 3, 7), DONE),
    ("willowbank", Week(3, 4, 7), DONE),
    ("northgate", Week(2, 2, 7), DONE),
    ("jackson", Week(2, 3, 7), SKIPPED),
]

# Silent to this day: due so long after the last contact as their status allows.
SILENT = {"brightmoor": DONE, "redwater": DONE, "kestrel": DONE}
# The task that is open still.
OPEN_TASK = {"brightmoor": "activity_brightmoor_call"}
# The one that could not be done, and can be tried again.
FAILED_CLIENT, FAILED_WHY = "granite", "canceling statement due to lock timeout"

# What came due while the server was off, days ago; done when it was back.
OFF_SINCE, OFF_UNTIL = 5, 3
MISSED = {"martha": DONE, "tallowfield": DONE, "saltmarsh": SKIPPED}

# "Welcome to a new client": the letters, a day after the first deal was won.
WELCOMED = [
    ("whitlock", Month(1, 10, 16), "Dear Hugh Whitlock"),
    ("little_acorn", Month(1, 16, 16), "Dear Little Acorn Nursery"),
    ("haddad", Month(1, 18, 16), "Dear Omar Haddad"),
    ("solheim", Month(1, 25, 16), "Dear Solheim Dental Practice"),
]
