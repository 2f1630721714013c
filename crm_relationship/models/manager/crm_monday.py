from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

MANAGERS = "sales_team.group_sale_manager"


class CrmMonday(models.AbstractModel):
    """What a manager looks at on Monday: the four questions, and who is behind with what.

    Sales managers see everybody, or one team; the leader of a team sees its
    people. Every number is counted by the rules of who looks, and opens exactly
    the rows it counts. A kind of number (`crm_monday_kinds.py`) is one statement,
    however many people there are.
    """

    _name = "crm.monday"
    _description = "Monday"

    @api.model
    def get_monday(self, team_id=False):
        """All that the screen shows.

        :param team_id: only the people of this team; managers may leave it out
        :return: dict with `teams` and the chosen `team_id`, `tiles`, `columns`
            (kinds of numbers), `people` with their `counts` by kind, `totals`,
            `flow` of the month and `response` of the last four weeks
        """
        teams = self._get_teams()
        team = self._choose_team(teams, team_id)
        kinds = self._get_kinds()
        counts = {key: self._count_by_person(kind, team) for key, kind in kinds.items()}
        return {
            "teams": [{"id": each.id, "name": each.name} for each in teams],
            "team_id": team.id,
            "may_see_all": self._is_manager(),
            "may_reassign": self.env["crm.reassign"].has_access("create"),
            "tiles": self._get_tiles(),
            "columns": [
                {"key": key, "label": kind.label, "help": kind.help} for key, kind in kinds.items()
            ],
            "people": self._list_people(counts, team),
            "totals": {key: sum(each.values()) for key, each in counts.items()},
            "flow": self._get_flow(),
            "response": self._get_response(team),
        }

    @api.model
    def get_rows_action(self, key, user_id=None, team_id=False):
        """Open the rows behind a number.

        :param user_id: of one person, False of nobody's; None of all
        """
        team = self._choose_team(self._get_teams(), team_id)
        kind = self._get_kinds().get(key)
        if not kind:
            raise UserError(self.env._("There is no such figure: %s", key))
        action = self.env["ir.actions.act_window"]._for_xml_id(kind.action)
        domain = self._get_rows_domain(kind, team)
        name = kind.label
        if user_id is not None:
            domain &= Domain("user_id", "=", user_id)
            name = f"{name}: {self._get_name(user_id)}"
        return action | {
            "name": name,
            "display_name": name,
            "domain": list(domain),
            # No path: the address of the menu would be of other rows.
            "path": False,
            "views": sorted(action["views"], key=lambda view: view[1] != "list"),
            "context": {"group_by": ["user_id"]} if user_id is None else {},
        }

    @api.model
    def get_reassign_action(self, user_id, team_id=False):
        """Open the dialog that gives what a person is behind with to somebody else."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign: %s", self._get_name(user_id)),
            "res_model": "crm.reassign",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "dialog_size": "medium",
                "reassign_user_id": user_id,
                "reassign_team_id": team_id,
            },
        }

    # ---- who ----

    @api.model
    def _is_manager(self):
        return self.env.su or self.env.user.has_group(MANAGERS)

    @api.model
    def _get_teams(self):
        """Teams whose people the user may look at; none for who neither manages nor leads."""
        teams = self.env["crm.team"]
        domain = Domain("company_id", "in", [*self.env.companies.ids, False])
        if not self._is_manager():
            domain &= Domain("user_id", "=", self.env.uid)
        return teams.search(domain)

    @api.model
    def _may_look(self):
        return self._is_manager() or bool(self._get_teams())

    @api.model
    def _choose_team(self, teams, team_id):
        if team := teams.filtered(lambda each: each.id == team_id):
            return team
        if not self._is_manager():
            if not teams:
                raise AccessError(
                    self.env._(
                        "Monday is for sales managers, and for leaders of a team. Ask a manager to "
                        "make you the leader of your team."
                    )
                )
            return teams[0]
        return teams.browse()

    @api.model
    def _get_team_users(self, team):
        # sudo: who leads a team knows its people, also those of another company
        team = team.sudo()
        return team.member_ids | team.user_id

    @api.model
    def _get_name(self, user_id):
        if not user_id:
            return self.env._("Nobody")
        # sudo: names of colleagues, also of those who left
        return self.env["res.users"].sudo().browse(user_id).name

    @api.model
    def _list_people(self, counts, team):
        """People with anything open and those of the team, who has most first; nobody's last."""
        ids = {user_id for each in counts.values() for user_id in each}
        salespeople = self._get_team_users(team) if team else self._get_salespeople()
        # sudo: names of colleagues, also of those who left
        users = self.env["res.users"].sudo().browse(ids - {False}) | salespeople.sudo()
        people = [
            {
                "id": user.id,
                "name": user.name,
                "has_left": not user.active,
                "counts": {key: each.get(user.id, 0) for key, each in counts.items()},
            }
            for user in users
        ]
        people.sort(key=lambda row: (-sum(row["counts"].values()), row["name"]))
        if False in ids:
            nobodys = {key: each.get(False, 0) for key, each in counts.items()}
            people.append(
                {"id": False, "name": self._get_name(False), "has_left": False, "counts": nobodys}
            )
        return people

    @api.model
    def _get_salespeople(self):
        """Members and leaders of all teams that the user may look at."""
        return self._get_team_users(self._get_teams()).filtered("active")

    # ---- rows ----

    @api.model
    def _get_rows_domain(self, kind, team):
        domain = Domain(kind.domain)
        if team:
            domain &= Domain("user_id", "in", self._get_team_users(team).ids)
        return domain

    @api.model
    def _count_by_person(self, kind, team):
        """{user id, False for nobody: number of rows}"""
        model = self.env[kind.model]
        groups = model._read_group(self._get_rows_domain(kind, team), ["user_id"], ["__count"])
        return {user.id: count for user, count in groups}
