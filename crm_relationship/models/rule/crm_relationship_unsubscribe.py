import re
from base64 import urlsafe_b64encode
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, consteq, hmac

EMAIL, SMS = "email", "sms"
# Where the links lead; short for SMS, which cost by their length.
PATHS = {EMAIL: "/relationship/stop", SMS: "/r/s"}
# Bytes of the signature that are in a link: nobody finds one by trying.
TOKEN_BYTES = {EMAIL: 18, SMS: 9}
TOKEN = re.compile(r"[\w-]{12,24}", re.ASCII)
WORDS_MAX = 300
# What a client says by a link.
OUT, BACK = "out", "back"


class Recipient(NamedTuple):
    """Who gets a letter, and what the link in it is about."""

    channel: str
    address: str  # as the blacklists write it
    partner_id: int | None = None
    lead_id: int | None = None  # of who is no contact yet
    company_id: int | None = None
    lang: str | None = None

    @property
    def key(self):
        """What is signed. Not the language: the link stays the same."""
        ids = (self.company_id or 0, self.partner_id or 0, self.lead_id or 0)
        return ":".join(map(str, (self.channel, *ids, self.address)))


class CrmRelationshipUnsubscribe(models.Model):
    """The link by which a client stops what rules send to an address.

    There is one for each address, contact and company, the same in all letters.
    Its token is a signature with the secret of the database: it tells nothing,
    can't be worked out, and is worth nothing in another database. The row says
    what the token stands for. It stays when the ledger is cleaned and the
    contact is merged, deleted or has another address by now, so that a letter
    of last year still works.

    Whether an address has opted out, Odoo's blacklists say and nothing else.
    """

    _name = "crm.relationship.unsubscribe"
    _description = "Unsubscribe Link"
    _order = "id desc"
    _rec_name = "address"

    channel = fields.Selection(
        [(EMAIL, "Email"), (SMS, "SMS")],
        required=True,
        readonly=True,
        help="Whether it stops letters or SMS.",
    )
    address = fields.Char(
        required=True, readonly=True, help="The address or number the message went to."
    )
    token = fields.Char(required=True, readonly=True, help="What the link ends with.")
    key = fields.Char(required=True, readonly=True, help="What the token signs.")
    partner_id = fields.Many2one(
        "res.partner", string="Client", readonly=True, index="btree_not_null", ondelete="set null"
    )
    lead_id = fields.Many2one(
        "crm.lead", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, index="btree_not_null", ondelete="set null"
    )
    lang = fields.Char(
        string="Language", readonly=True, help="The language of the first letter with the link."
    )
    date_out = fields.Datetime(
        string="Opted Out On",
        readonly=True,
        help="When the client used the link to stop; empty when this was undone.",
    )

    _token_unique = models.UniqueIndex("(token)", "This link is there already.")
    _address_idx = models.Index("(address, channel)")

    # ---- making links ----

    @api.model
    def _get_urls(self, recipients):
        """The link of each of these recipients.

        :param recipients: Recipient tuples
        :return: dict of url by recipient
        """
        tokens = {recipient: self._sign(recipient) for recipient in recipients}
        self._save_links(tokens)
        company = self.env["res.company"]
        # sudo: the address of a company's website is no secret
        bases = {
            company_id: company.browse(company_id).sudo().get_base_url().rstrip("/")
            for company_id in {recipient.company_id for recipient in recipients}
        }
        return {
            recipient: f"{bases[recipient.company_id]}{PATHS[recipient.channel]}/{token}"
            for recipient, token in tokens.items()
        }

    @api.model
    def _sign(self, recipient):
        return self._sign_key(recipient.channel, recipient.key)

    @api.model
    def _sign_key(self, channel, key):
        # sudo: signing needs the secret of the database
        signature = hmac(self.sudo().env, f"crm_relationship-unsubscribe-{channel}", key)
        return urlsafe_b64encode(bytes.fromhex(signature)[: TOKEN_BYTES[channel]]).decode()

    def _save_links(self, tokens):
        """Write down the links that are new, in one statement."""
        if not tokens:
            return
        recipients = list(tokens)
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_relationship_unsubscribe (
                       token, key, channel, address, partner_id, lead_id, company_id, lang,
                       create_uid, create_date, write_uid, write_date)
                SELECT link.*, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(tokens)s::text[], %(keys)s::text[], %(channels)s::text[],
                              %(addresses)s::text[], %(partners)s::int[], %(leads)s::int[],
                              %(companies)s::int[], %(langs)s::text[]) AS link(token)
                 WHERE NOT EXISTS (SELECT FROM crm_relationship_unsubscribe known
                                    WHERE known.token = link.token)
                    ON CONFLICT (token) DO NOTHING
                RETURNING id
                """,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                tokens=list(tokens.values()),
                keys=[recipient.key for recipient in recipients],
                channels=[recipient.channel for recipient in recipients],
                addresses=[recipient.address for recipient in recipients],
                partners=[recipient.partner_id for recipient in recipients],
                leads=[recipient.lead_id for recipient in recipients],
                companies=[recipient.company_id for recipient in recipients],
                langs=[recipient.lang for recipient in recipients],
            )
        )

    # ---- following links ----

    @api.model
    def _forget(self, channel, addresses):
        """Somebody else had a word on these addresses: what a link did is over."""
        # sudo: who blacklists an address need not know of links
        links = self.sudo().search(
            [("channel", "=", channel), ("address", "in", addresses), ("date_out", "!=", False)]
        )
        links.date_out = False

    @api.model
    def _find(self, token, channel):
        """The link with this token, empty when there is none or it is not signed by us."""
        if not TOKEN.fullmatch(token or ""):
            return self.browse()
        # sudo: who has the token may use it, and needs no other right
        link = self.sudo().search([("token", "=", token), ("channel", "=", channel)])
        # A token of a copied database, or from before its secret was changed, is none.
        if link and not consteq(token, self._sign_key(channel, link.key)):
            return self.browse()
        return link.with_user(SUPERUSER_ID)

    def _get_url(self):
        return f"{self.get_base_url().rstrip('/')}{PATHS[self.channel]}/{self.token}"

    def _is_out(self):
        """Whether the address is on its blacklist."""
        field, blacklist = self._get_blacklist()
        return bool(blacklist.search_count([(field, "=", self.address)], limit=1))

    def _get_blacklist(self):
        if self.channel == EMAIL:
            return "email", self.env["mail.blacklist"]
        return "number", self.env["phone.blacklist"]

    def _may_undo(self):
        """What the client stopped by a link, the client may undo; else it is our word."""
        return bool(self._get_same_address().filtered("date_out"))

    def _get_same_address(self):
        """All links of this address: of other contacts and companies too."""
        return self.search([("channel", "=", self.channel), ("address", "=", self.address)])

    def _stop(self, words=""):
        """Put the address on its blacklist, once, and write that down.

        :param str words: why, in the words of the client
        :return: whether anything changed
        """
        self._lock()
        if self._is_out():
            return False
        self = self._in_our_language()
        how = self.env._("The client used the link in a message.")
        if self.channel == EMAIL:
            text = self.env._("Unsubscribed from letters to %s", self.address)
            self._get_quiet("mail.blacklist", OUT)._add(self.address, message=how)
        else:
            text = self.env._("Stopped SMS to %s", self.address)
            self._get_quiet("phone.blacklist", OUT)._add([self.address], message=how)
        self._get_same_address().date_out = fields.Datetime.now()
        self._cancel_queued()
        self._note(OUT, text, words)
        return True

    def _undo(self):
        """Take the address off its blacklist again.

        :return: whether anything changed
        """
        self._lock()
        if not (self._is_out() and self._may_undo()):
            return False
        self = self._in_our_language()
        how = self.env._("The client took it back by the link in a message.")
        if self.channel == EMAIL:
            text = self.env._("Wants letters to %s again", self.address)
            self._get_quiet("mail.blacklist", BACK)._remove(self.address, message=how)
        else:
            text = self.env._("Wants SMS to %s again", self.address)
            self._get_quiet("phone.blacklist", BACK)._remove([self.address], message=how)
        self._get_same_address().date_out = False
        self._note(BACK, text)
        return True

    def _lock(self):
        """Of two clicks at once, the second one waits and then sees what the first one did."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                SELECT id FROM crm_relationship_unsubscribe
                 WHERE address = %s AND channel = %s ORDER BY id FOR UPDATE
                """,
                self.address,
                self.channel,
            )
        )
        self.env.invalidate_all()
