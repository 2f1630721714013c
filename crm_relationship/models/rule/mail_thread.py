from collections import defaultdict

from odoo import models


class Subscriptions:
    """Who is to follow what, gathered while a batch of tasks is made.

    Odoo subscribes who gets a task user by user, five statements each. A rule gives its
    tasks to many users, so it gathers them and subscribes all of them at once.
    """

    def __init__(self):
        self.pairs = defaultdict(set)

    def add(self, records, partner_ids):
        self.pairs[records._name].update(
            (res_id, id_) for res_id in records.ids for id_ in partner_ids
        )

    def subscribe(self, env):
        """Have them follow as Odoo would: with the default subtypes, unless they do already."""
        # sudo: as `mail.thread` does once it found that who subscribes may write
        followers = env["mail.followers"].sudo()
        for model, pairs in self.pairs.items():
            res_ids, partner_ids = (sorted(set(ids)) for ids in zip(*pairs, strict=True))
            new, __ = followers._add_default_followers(model, res_ids, partner_ids)
            followers.create(
                [
                    {**values, "res_id": res_id}
                    for res_id, values_list in new.items()
                    for values in values_list
                    if (res_id, values["partner_id"]) in pairs
                ]
            )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Gather who is to follow, where a rule makes its tasks."""
        gathered = self.env.context.get("relationship_rule_subscriptions")
        if not isinstance(gathered, Subscriptions) or subtype_ids:
            return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)
        if partner_ids:
            self.check_access("write")
            gathered.add(self, partner_ids)
        return True
