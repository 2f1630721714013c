from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .crm_handover import ALL, CHOSEN, MANAGERS, UNDER_WAY


class CrmHandover(models.Model):
    """What must be so before a handover begins; each refusal says what to do."""

    _inherit = "crm.handover"

    @api.constrains("date_from", "date_until")
    def _check_dates(self):
        for handover in self:
            if handover.date_until and handover.date_until <= handover.date_from:
                raise ValidationError(
                    self.env._(
                        "Comes Back On: choose a day after the first one, %s, or leave it empty "
                        "for good.",
                        format_date(self.env, handover.date_from),
                    )
                )

    @api.constrains("from_user_id", "to_user_id", "other_user_ids")
    def _check_users(self):
        for handover in self:
            if handover.from_user_id in handover._get_to_users():
                raise ValidationError(
                    self.env._("To: choose a colleague, not %s again.", handover.from_user_id.name)
                )

    @api.constrains("scope", "client_domain")
    def _check_client_domain(self):
        for handover in self.filtered(lambda each: each.scope == CHOSEN):
            try:
                self.env["res.partner"].search_count(handover._get_client_domain(), limit=1)
            except (ValueError, TypeError, SyntaxError) as error:
                raise ValidationError(
                    self.env._("Which Clients: this is no filter of contacts.")
                ) from error

    def _check_may_start(self):
        self.ensure_one()
        self.check_access("write")
        is_manager = self.env.su or self.env.user.has_group(MANAGERS)
        if not is_manager and self.from_user_id != self.env.user:
            raise AccessError(
                self.env._(
                    "You may hand over your own clients. Ask a sales manager for those of %s.",
                    self.from_user_id.name,
                )
            )
        # sudo: who else is away, whoever may look at it
        handover = self.sudo()
        handover._check_takers()
        handover._check_overlaps()

    def _check_takers(self):
        for user in self._get_to_users():
            if not user.active or not user.has_group("sales_team.group_sale_salesman"):
                raise UserError(
                    self.env._(
                        "To: %s does not work in sales any more. Choose another colleague.",
                        user.name,
                    )
                )

    def _check_overlaps(self):
        """Nobody hands over twice at once, nor to who is away."""
        for other in self._find_overlapping():
            takers = self._get_to_users()
            words = {
                "name": self.from_user_id.name,
                "day": self._get_end_words(other),
                "takers": ", ".join(other._get_to_users().mapped("name")),
                "giver": other.from_user_id.name,
            }
            if other.from_user_id == self.from_user_id and ALL in (self.scope, other.scope):
                raise UserError(
                    self.env._(
                        "%(name)s has a handover to %(takers)s already, %(day)s. Return that one "
                        "first, or choose other days.",
                        **words,
                    )
                )
            if other.from_user_id in takers:
                raise UserError(
                    self.env._(
                        "To: %(giver)s is away at that time, %(day)s, and %(takers)s stands in. "
                        "Choose another colleague or other days.",
                        **words,
                    )
                )

    @api.model
    def _get_end_words(self, other):
        start = format_date(self.env, other.date_from)
        if not other.date_until:
            return self.env._("from %s on", start)
        end = format_date(self.env, other.date_until)
        return self.env._("from %(start)s to %(end)s", start=start, end=end)

    def _find_overlapping(self):
        """Handovers under way or planned of one of these people that share a day with this one."""
        people = (self.from_user_id | self._get_to_users()).ids
        domain = Domain("id", "!=", self.id) & Domain("state", "in", UNDER_WAY)
        domain &= Domain("from_user_id", "in", people)
        domain &= Domain("date_until", "=", False) | Domain("date_until", ">", self.date_from)
        if self.date_until:
            domain &= Domain("date_from", "<", self.date_until)
        return self.search(domain, order="date_from, id")

    def _check_companies(self):
        """Each colleague must be able to work for the companies of what they get."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.to_user_id, line.company_id, count(*)
                  FROM crm_handover_line line
                 WHERE line.handover_id = %s AND line.company_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM res_company_users_rel rel
                                    WHERE rel.user_id = line.to_user_id
                                      AND rel.cid = line.company_id)
                 GROUP BY line.to_user_id, line.company_id
                 ORDER BY line.to_user_id, line.company_id LIMIT 1
                """,
                self.id,
            )
        )
        for user_id, company_id, count in rows:
            raise UserError(
                self.env._(
                    "To: %(user)s does not work for %(company)s, to which %(count)s of these "
                    "records belong. Let an administrator allow the company, choose another "
                    "colleague, or hand over chosen clients only.",
                    user=self.env["res.users"].browse(user_id).name,
                    company=self.env["res.company"].browse(company_id).name,
                    count=count,
                )
            )
