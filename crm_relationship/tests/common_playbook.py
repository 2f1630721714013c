from odoo import Command

from .common import RelationshipCommon


class PlaybookCommon(RelationshipCommon):
    """A playbook for prospects and one for a stage of the team of `carla`; `anna` writes them.

    `north` is the team of `carla`, led by `anna`; `ben` is in `south`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.playbook"].search([("id", "!=", False)]).active = False
        cls.north, cls.south = cls.env["crm.team"].create(
            [
                {
                    "name": "North",
                    "user_id": cls.anna.id,
                    "member_ids": [Command.link(cls.carla.id)],
                },
                {"name": "South", "member_ids": [Command.link(cls.ben.id)]},
            ]
        )
        cls.stage_new, cls.stage_offer, cls.stage_won = cls.env["crm.stage"].create(
            [
                {"name": "New", "sequence": 101},
                {"name": "Offer", "sequence": 102},
                {"name": "Won", "sequence": 103, "is_won": True},
            ]
        )
        cls.playbooks = cls.env["crm.playbook"].with_user(cls.anna)
        cls.by_status = cls._write_playbook(
            name="First talk", status_id=cls.status_prospect.id, draft_body="<p>Listen.</p>"
        )
        cls.by_stage = cls._write_playbook(
            name="The offer", stage_id=cls.stage_offer.id, team_ids=[Command.set(cls.north.ids)]
        )
        (cls.oak | cls.lumen).relationship_status_id = cls.status_prospect

    @classmethod
    def _write_playbook(cls, **vals):
        return cls.playbooks.create(
            {
                "draft_body": "<p>Two pages at most.</p>",
                "step_ids": [
                    Command.create({"sequence": 1, "name": "Who decides"}),
                    Command.create({"sequence": 2, "name": "By when"}),
                    Command.create({"sequence": 3, "kind": "question", "name": "Why now?"}),
                    Command.create(
                        {
                            "sequence": 4,
                            "kind": "link",
                            "name": "Prices",
                            "url": "https://example.com/prices",
                        }
                    ),
                ],
                **vals,
            }
        )

    def _publish(self, *playbooks):
        for playbook in playbooks:
            playbook.action_publish()

    def _create_deal(self, partner=None, **vals):
        vals = {"team_id": self.north.id, "user_id": self.carla.id, **vals}
        return self._create_lead(partner, **{"stage_id": self.stage_offer.id, **vals})

    def _step(self, playbook, number=0):
        return playbook.step_ids.sorted("sequence")[number]

    def _set(self, playbook, record, state="done", number=0, user=None, reason=False):
        step = self._step(playbook, number)
        playbook.with_user(user or self.carla).set_step(
            step.id, record._name, record.id, state, reason
        )

    def _brief(self, record, user=None):
        [briefing] = record.with_user(user or self.carla).get_briefing()
        return briefing["playbooks"]

    def _states(self, record, user=None):
        return [
            [step["state"] for step in playbook["steps"]] for playbook in self._brief(record, user)
        ]
