from contextlib import closing, contextmanager

from babel.dates import format_skeleton
from psycopg2.errors import ForeignKeyViolation, UniqueViolation

from odoo import api, fields
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.misc import Callbacks, babel_locale_parse, clean_context, get_lang

# Times a scheduled action starts anew when somebody else was faster.
COLLISIONS_MAX = 5


def is_collision(error):
    """Whether a transaction met another one, so that it is to be repeated.

    Odoo subscribes only who does not follow yet. When PostgreSQL refuses one who does, another
    transaction has subscribed them meanwhile, which only the next one sees.
    """
    return isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY) or (
        isinstance(error, UniqueViolation) and error.diag.table_name == "mail_followers"
    )


def retry_on_collision(cr, work):
    """Call `work` again when its transaction collided with another one.

    A record that somebody deletes meanwhile is a collision, too.

    Odoo repeats the request of a user by itself, a scheduled action it does
    not. What `work` has committed stays; the rest is rolled back and looked at
    again. After a few collisions the work is left to the next run.

    :param callable work: takes nothing and may be called again
    :return: what `work` returns, None when it was left
    """
    for __ in range(COLLISIONS_MAX):
        try:
            return work()
        except Exception as error:
            if not (is_collision(error) or isinstance(error, ForeignKeyViolation)):
                raise
            cr.rollback()
    return None


def notify_user(thread, user, subject, template, values):
    """Send one message to a user, by the way the user is notified in Odoo.

    :param thread: the document it is about, or an empty `mail.thread`
    :param str template: external id of the QWeb template of the text
    :param dict values: what the template shows
    """
    body = thread.env["ir.qweb"]._render(template, values, minimal_qcontext=True)
    thread.message_notify(
        partner_ids=user.partner_id.ids,
        subject=subject,
        body=body,
        force_send=False,
        email_layout_xmlid="mail.mail_notification_light",
    )


def day_words(env, day):
    """A day as people write it in the reader's language, with its year unless it is this one.

    "Nov 27" or "27 nov.": the same as `calendarWords` says in the browser.
    """
    is_this_year = day.year == fields.Date.context_today(env["res.users"]).year
    return day_text(env, day, with_year=not is_this_year)


def day_text(env, day, with_year):
    """A day in the reader's language: "Nov 27, 1980", or "Nov 27" without the year."""
    locale = babel_locale_parse(get_lang(env).code)
    return format_skeleton("yMMMd" if with_year else "MMMd", day, locale=locale)


def without_defaults(records):
    """`records` without the defaults in the context, which were meant for a form.

    What a button makes would take them over wherever a field has the same name.
    """
    context = clean_context(records.env.context)
    return records.with_context(context)  # pylint: disable=context-overridden


@contextmanager
def taken_back(records):
    """Try something out: whatever is done with what this yields is undone at the end.

    Rows are rolled back, and so is what was to happen at the commit (messages
    to browsers, mails to be sent at once). What the caller has in its cache,
    a form that is not saved yet included, is left as it is. Take plain values
    out of it, no records.
    """
    cr = records.env.cr
    records.env.flush_all()
    kept = (cr.transaction, cr.precommit, cr.postcommit)
    cr.transaction, cr.precommit, cr.postcommit = None, Callbacks(), Callbacks()
    try:
        with closing(cr.savepoint(flush=False)):
            env = api.Environment(cr, records.env.uid, records.env.context, records.env.su)
            yield records.with_env(env)
    finally:
        cr.transaction, cr.precommit, cr.postcommit = kept
