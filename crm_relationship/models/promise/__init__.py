"""What one side said it would do by a date."""

from . import (
    crm_promise,
    crm_promise_activity,
    crm_promise_keep,
    mail_activity_promise,
    res_users_promise,
)
