from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    """Who sent whom, as a tree, with what each client and its whole branch brought.

    Nodes are clients: companies with all their people, and private persons. However deep the
    tree, it is found by one recursive statement, and a circle in data of old ends where it
    closes.
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

    def get_referral_tree(self):
        """Whom this client sent to us, whom those sent in turn, and what it brought.

        - `rows`: the client itself, then all others, each after the one who sent it: `id`,
          `name`, `parent_id`, `depth`, `through` (the person, unless it is the client itself),
          `first_won_date`, `thanked_date`; its own `leads` (with deals), `won` and `value` (what
          it has bought); and `branch`, what it brought: the sums of all below it, without
          itself: `clients`, `leads` (with leads they sent that have no contact yet), `won`,
          `value`. A contact the caller may not read is `is_hidden`, without name and figures.
        - `sent_by`: who sent the client itself: `id`, `name`
        - `currency_id` of all values

        Of leads those count that the caller may read.

        :rtype: dict
        :raise AccessError: the caller is no salesperson or may not read the contact
        """
        self.ensure_one()
        self._check_briefing_access()
        client = self.commercial_partner_id
        client.check_access("read")
        found = client._find_referral_branch()
        clients = self.browse(row["id"] for row in found)
        readable = clients._filtered_access("read")
        leads = readable._count_referral_leads()
        persons = self.browse(row["person_id"] for row in found if row["person_id"])
        names = {person.id: person for person in persons._filtered_access("read")}
        rows = [
            other._prepare_referral_row(row, readable, names, leads["partner_id"])
            for row, other in zip(found, clients, strict=True)
        ]
        self._sum_branches(rows, leads["referrer_id"])
        sender = client.referrer_id._filtered_access("read")
        return {
            "rows": rows,
            "sent_by": {"id": sender.id, "name": sender.display_name} if sender else None,
            "currency_id": self._get_purchase_company().currency_id.id,
        }

    def _find_referral_branch(self):
        """Dicts of all clients that these sent, directly or not, and of these themselves."""
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH RECURSIVE branch(id, parent_id, person_id, path) AS (
                    SELECT root.id, NULL::int, NULL::int, ARRAY[root.id]
                      FROM res_partner root WHERE root.id IN %s
                     UNION ALL
                    SELECT client.id, branch.id, person.id, branch.path || client.id
                      FROM branch
                      JOIN res_partner person ON person.commercial_partner_id = branch.id
                      JOIN res_partner client ON client.referrer_id = person.id
                     WHERE client.commercial_partner_id = client.id
                       AND client.id <> ALL(branch.path)
                )
                SELECT id, parent_id, person_id, cardinality(path) - 1 AS depth FROM branch
                 ORDER BY path
                """,
                tuple(self.ids),
            )
        )

    def _count_referral_leads(self):
        """Leads and won deals of these clients, and those they sent that have no contact yet.

        :return: dict of `partner_id` and `referrer_id` to dicts of client id to (leads, won)
        """
        return {
            "partner_id": self._count_leads_by("partner_id", Domain.TRUE),
            "referrer_id": self._count_leads_by("referrer_id", Domain("partner_id", "=", False)),
        }

    def _count_leads_by(self, field, domain):
        counts = {}
        leads = self.env["crm.lead"].with_context(active_test=False)
        domain &= Domain(f"{field}.commercial_partner_id", "in", self.ids)
        for contact, status, count in leads._read_group(domain, [field, "won_status"], ["__count"]):
            # sudo: of a contact that is not for the caller only to whom it belongs
            client_id = contact.sudo().commercial_partner_id.id
            total, won = counts.get(client_id, (0, 0))
            counts[client_id] = (total + count, won + (count if status == "won" else 0))
        return counts

    def _prepare_referral_row(self, found, readable, names, leads):
        row = {name: found[name] for name in ("id", "parent_id", "depth")}
        if self not in readable:
            return {**row, "is_hidden": True, "leads": 0, "won": 0, "value": 0}
        person = names.get(found["person_id"])
        total, won = leads.get(self.id, (0, 0))
        return {
            **row,
            "is_hidden": False,
            "name": self.display_name,
            "through": person.name if person and person.commercial_partner_id != person else "",
            "first_won_date": fields.Date.to_string(self.first_won_date),
            "thanked_date": fields.Date.to_string(self.referrer_thanked_date),
            "leads": total,
            "won": won,
            "value": self.purchase_value,
        }

    @api.model
    def _sum_branches(self, rows, sent_leads):
        """Give each row the sums of all below it: from the deepest rows up.

        :param dict sent_leads: of client ids the leads (all, won) it sent that have no contact
        """
        branches = {}
        for row in rows:
            leads, won = sent_leads.get(row["id"], (0, 0))
            branches[row["id"]] = {"clients": 0, "leads": leads, "won": won, "value": 0}
        for row in sorted(rows, key=lambda row: -row["depth"]):
            row["branch"] = branches[row["id"]]
            if above := branches.get(row["parent_id"]):
                for name in above:
                    own = 1 if name == "clients" else row[name]
                    above[name] += own + row["branch"][name]

    def action_open_referral_clients(self):
        """Open the clients of the branch, who bought most first."""
        self.ensure_one()
        self._check_briefing_access()
        branch = self.browse(row["id"] for row in self._find_referral_branch())
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
        branch = self.browse(row["id"] for row in self._find_referral_branch())
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
