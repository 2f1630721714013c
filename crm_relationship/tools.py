from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# Times a scheduled action starts anew when somebody else was faster.
COLLISIONS_MAX = 5


def retry_on_collision(cr, work):
    """Call `work` again when its transaction collided with another one.

    Odoo repeats the request of a user by itself, a scheduled action it does
    not. What `work` has committed stays; the rest is rolled back and looked at
    again. After a few collisions the work is left to the next run.

    :param callable work: takes nothing and may be called again
    :return: what `work` returns, None when it was left
    """
    for __ in range(COLLISIONS_MAX):
        try:
            return work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            cr.rollback()
    return None
