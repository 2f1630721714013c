from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine.occurrences import local_day
from ...engine.send_window import SendWindow
from ..client.res_partner import PREFETCH_GROUP

THANKS = "crm_relationship.mail_activity_type_thanks"
# Who was won longer ago was thanked for in another way, or it is too late.
THANKS_DAYS = 90


class ResPartner(models.Model):
    """Thanks to who sent a client, as a task, when the client is won.

    Planned where all is that follows from won deals: after the user's transaction, by sets.
    `referrer_thanked_date` on the client is the memory. Setting it is what decides who plans the
    task, so that it is planned once, whoever works at the same time and however often the client
    is won; it survives merging like any value of a contact.
    """

    _inherit = "res.partner"

    referrer_thanked_date = fields.Date(
        string="Referrer Thanked",
        readonly=True,
        copy=False,
        help="The day on which the task was planned to thank who sent this client.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )

    def _refresh_relationship(self):
        result = super()._refresh_relationship()
        self.filtered("id")._thank_referrers()
        return result

    def _thank_referrers(self):
        """Plan the task to thank who sent these clients, for those won of late."""
        if not self:
            return
        today = fields.Date.context_today(self)
        owners = {}
        found = self.env.execute_query(self._query_unthanked(today))
        clients = self.browse(client_id for client_id, __ in found)
        leads = self.env["crm.lead"].browse(lead_id for __, lead_id in found)
        for client, lead in zip(clients, leads, strict=True):
            if owner := client._get_who_thanks(lead):
                owners[client] = owner, lead
        if not owners:
            return
        mine = self._mark_thanked([client.id for client in owners], today)
        kind = self.env.ref(THANKS, raise_if_not_found=False)
        everybody = {owner for owner, __ in owners.values()}
        deadlines = {owner: self._get_thanks_day(owner) for owner in everybody}
        # One task is one message less: it stands in the list of its owner. sudo: it is planned
        # for whoever looks after the referrer, whoever has won the client.
        tasks = self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True)
        tasks.create(
            [
                {
                    **client._prepare_thanks_vals(owner, lead),
                    "activity_type_id": kind.id if kind else False,
                    "date_deadline": deadlines[owner],
                }
                for client, (owner, lead) in owners.items()
                if client.id in mine
            ]
        )

    def _query_unthanked(self, today):
        """SELECT of clients whose referrer nobody has thanked yet, with their first won deal.

        Nobody of the family may have been thanked for: companies take in who was a client.
        """
        return SQL(
            """
            SELECT client.id, won.id
              FROM res_partner client
              JOIN res_partner referrer ON referrer.id = client.referrer_id AND referrer.active
              JOIN LATERAL (
                   SELECT l.id FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                    WHERE p.commercial_partner_id = client.id AND l.won_status = 'won'
                    ORDER BY l.date_closed NULLS LAST, l.id LIMIT 1
                   ) won ON true
             WHERE client.id IN %(ids)s AND client.referrer_thanked_date IS NULL
               AND client.first_won_date >= %(since)s
               AND NOT EXISTS (SELECT FROM res_partner member
                                WHERE member.commercial_partner_id = client.id
                                  AND member.referrer_thanked_date IS NOT NULL)
             ORDER BY client.id
            """,
            ids=tuple(self.ids),
            since=today - timedelta(days=THANKS_DAYS),
        )

    def _mark_thanked(self, client_ids, today):
        """Remember that these are thanked for; return the ids of those that were not yet."""
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE res_partner SET referrer_thanked_date = %s
                 WHERE id IN %s AND referrer_thanked_date IS NULL RETURNING id
                """,
                today,
                tuple(client_ids),
            )
        )
        self.invalidate_model(["referrer_thanked_date"])
        return {client_id for [client_id] in rows}

    def _get_who_thanks(self, lead):
        """Who looks after the referrer; else after the deal or the client. Nobody where the
        company says so, and nobody thanks himself."""
        referrer = self.referrer_id
        candidates = (
            referrer.user_id,
            referrer.commercial_partner_id.user_id,
            lead.user_id,
            self.user_id,
            lead.team_id.user_id,
        )
        owner = next(filter(self._may_thank, candidates), self.env["res.users"])
        company = lead.company_id or owner.company_id
        if not company.relationship_thank_referrers or owner.partner_id == referrer:
            return self.env["res.users"]
        return owner

    def _may_thank(self, user):
        return (
            user.active
            and user.has_group("sales_team.group_sale_salesman")
            and self.referrer_id.company_id <= user.company_ids
        )

    def _get_thanks_day(self, owner):
        """The next working day of who thanks."""
        calendar = self.env["crm.relationship.rule"]._get_work_calendar(owner.company_id)
        moment = fields.Datetime.now() + timedelta(days=1)
        later = SendWindow(calendar=calendar).next_moment(moment, calendar.tz)
        return local_day(later or moment, calendar.tz)

    def _prepare_thanks_vals(self, owner, lead):
        """Who was won, and through whom."""
        note = self.env._(
            "%(referrer)s sent us %(client)s, who was won on %(date)s with %(deal)s. "
            "Call and say thanks, and tell what became of it.",
            referrer=self.referrer_id.display_name,
            client=self._get_html_link(),
            date=format_date(self.env, self.first_won_date, lang_code=owner.lang),
            deal=lead._get_html_link(title=lead.name),
        )
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.referrer_id.id,
            "user_id": owner.id,
            "automated": True,
            "summary": self.env._("Say thanks for %s", self.name),
            "note": Markup("<p>%s</p>") % note,
        }

    # ---- erasing a person ----

    def _erase_correspondence(self, leads):
        """Tasks that thank for these people stay with who sent them, and name nobody."""
        result = super()._erase_correspondence(leads)
        if kind := self.env.ref(THANKS, raise_if_not_found=False):
            tasks = self.env["mail.activity"].search(
                Domain("activity_type_id", "=", kind.id) & self._link_to(leads, "note")
            )
            self._erase_texts(tasks, kept={"res_name"}, summary=self.env._("Say thanks"))
            # What a task said is a message once it is done.
            self._erase_texts(
                self.env["mail.message"].search(
                    Domain("mail_activity_type_id", "=", kind.id) & self._link_to(leads, "body")
                )
            )
        return result

    def _link_to(self, leads, name):
        """Domain: the text `name` has a link to one of these people or leads."""
        return Domain.OR(
            Domain(name, "like", f'data-oe-model="{record._name}" data-oe-id="{record.id}"')
            for record in (*self, *leads)
        )
