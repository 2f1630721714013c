from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner_referral_branch import PAGE


class ResPartner(models.Model):
    """Who sent whom, as a tree, with what each client and its whole branch brought.

    Nodes are clients: companies with all their people, and private persons. A client was sent
    by one other at most, so on the way down nobody is met twice, but for where it began when
    data of old is a circle: there it ends.

    How large a branch is does not matter: it is added up by one statement
    (`res_partner_referral_branch.py`), and of its clients only those are read that are shown.
    """

    _inherit = "res.partner"

    def action_open_referrals(self):
        """Open the tree of who was sent by this client, and by those in turn."""
        self.ensure_one()
        client = self.commercial_partner_id
        return {
            "type": "ir.actions.client",
            "tag": "crm_relationship.referrals",
            "name": self.env._("Referrals of %s", client.display_name),
            "params": {"partner_id": client.id},
        }

    def get_referral_tree(self, offset=0, limit=PAGE, client_id=False):
        """Whom this client sent to us itself, and what it and they brought.

        - `rows`: the client itself, then those it sent, whose branches brought most (with what
          they have bought themselves) first: `id`, `name`, `parent_id`, `depth` (0 and 1),
          `through` (the person, unless it is the client itself), `first_won_date`,
          `thanked_date`; its own `leads` (with deals), `won` and `value` (what it has bought);
          and `branch`, what it brought: the sums of all below it, without itself: `clients`,
          `leads` (with leads they sent that have no contact yet), `won`, `value`. A contact the
          caller may not read is `is_hidden`, without name and figures. Whom they sent in turn
          says their own tree.
        - `total`: how many it sent itself, of whom `limit` are in the rows, from `offset` on
        - `sent_by`: who sent the client itself: `id`, `name`
        - `currency_id` of all values

        Of leads those count that the caller may read.

        :param client_id: a client of the branch whose tree it is instead, also one that the
            caller may not read
        :rtype: dict
        :raise AccessError: the caller is no salesperson or may not read the contact
        """
        self.ensure_one()
        self._check_briefing_access()
        client = self.commercial_partner_id
        client.check_access("read")
        if client_id:
            client = client._find_in_branch(client_id)
        found = client._find_referred(offset, limit)
        # sudo: who sent a client that the caller may not read is shown to who may read that one
        sender = client.sudo().referrer_id.sudo(False)._filtered_access("read")
        return {
            "rows": client._prepare_referral_rows(found),
            "total": found[0]["total"],
            "sent_by": {"id": sender.id, "name": sender.display_name} if sender else None,
            "currency_id": self._get_purchase_company().currency_id.id,
        }

    def _prepare_referral_rows(self, found):
        """Rows of `get_referral_tree` of what `_find_referred` has found."""
        clients = self.browse(row["id"] for row in found)
        readable = clients._filtered_access("read")
        people = self.browse(row["person_id"] for row in found[1:])._filtered_access("read")
        rows = []
        for figures, client in zip(found, clients, strict=True):
            is_root = client == self
            row = {
                "id": client.id,
                "parent_id": None if is_root else self.id,
                "depth": 0 if is_root else 1,
                "is_hidden": client not in readable,
                "branch": self._prepare_branch(figures),
                **{name: figures[f"own_{name}"] for name in ("leads", "won", "value")},
            }
            if client in readable:
                person = people & self.browse(figures["person_id"])
                row |= client._prepare_readable_row(self.browse() if is_root else person)
            rows.append(row)
        return rows

    def _prepare_readable_row(self, person):
        """What a row says of a client that the user may read, sent by that person."""
        return {
            "name": self.display_name,
            "through": person.name if person.commercial_partner_id != person else "",
            "first_won_date": fields.Date.to_string(self.first_won_date),
            "thanked_date": fields.Date.to_string(self.referrer_thanked_date),
        }

    @api.model
    def _prepare_branch(self, figures):
        return {name: figures[name] for name in ("clients", "leads", "won", "value")}

    def action_open_referral_clients(self):
        """Open the clients of the branch, who bought most first."""
        self.ensure_one()
        self._check_briefing_access()
        branch = self._find_referral_branch()
        list_view = self.env.ref("crm_relationship.res_partner_view_list_referred")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sent by %s", self.display_name),
            "res_model": "res.partner",
            "views": [(list_view.id, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", (branch - self).ids)],
            "context": {"active_test": False},
        }

    def action_open_referral_leads(self, won=False):
        """Open the leads and deals that count for the branch of this client."""
        self.ensure_one()
        self._check_briefing_access()
        branch = self._find_referral_branch()
        domain = Domain("partner_id.commercial_partner_id", "in", (branch - self).ids) | (
            Domain("partner_id", "=", False)
            & Domain("referrer_id.commercial_partner_id", "in", branch.ids)
        )
        if won:
            domain &= Domain("won_status", "=", "won")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Brought by %s", self.display_name),
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": list(domain),
            "context": {"active_test": False},
        }
