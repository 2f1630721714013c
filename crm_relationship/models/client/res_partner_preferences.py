from odoo import api, models

from ..history.crm_interaction import CHANNELS

# What the briefing shows of one property.
VALUE_LENGTH = 120


class ResPartner(models.Model):
    """Preferences and personal notes: Odoo's properties on contacts, in the briefing.

    A starting set comes along. It is the company's own from then on: people add,
    rename and remove properties on the form of any contact, and the briefing shows
    what is there.
    """

    _inherit = "res.partner"

    @api.model
    def _get_starting_preferences(self):
        """Definition of the properties that come along, in the language of the caller."""
        channels = self.env["crm.interaction"]._get_channel_names()
        return [
            {"name": "occupation", "type": "char", "string": self.env._("Occupation")},
            {"name": "interests", "type": "char", "string": self.env._("Interests")},
            {"name": "family", "type": "char", "string": self.env._("Family")},
            {"name": "pets", "type": "char", "string": self.env._("Pets")},
            {
                "name": "preferred_channel",
                "type": "selection",
                "string": self.env._("Preferred channel"),
                "selection": [[name, channels[name]] for name, __ in CHANNELS],
            },
            {"name": "preferred_hours", "type": "char", "string": self.env._("Preferred hours")},
        ]

    @api.model
    def _add_starting_preferences(self):
        """Add those of the starting set that contacts do not have; what is there stays."""
        definitions = self.env["properties.base.definition"]
        definition = definitions._get_definition_for_property_field("res.partner", "properties")
        # sudo: it runs once, when the addon is installed
        definition = definition.sudo()
        known = definition.properties_definition or []
        names = {item["name"] for item in known}
        labels = {(item.get("string") or "").casefold() for item in known}
        missing = [
            item
            for item in self._get_starting_preferences()
            if item["name"] not in names and item["string"].casefold() not in labels
        ]
        if missing:
            definition.properties_definition = [*known, *missing]

    def _brief_preferences(self, family):
        """Properties that are filled in: of a company first its own, then those of its people."""
        sections = {}
        members = family.sorted(lambda partner: (partner not in self, partner.id))
        for member, values in zip(members, members.read(["properties"]), strict=True):
            items = [
                {"name": item["name"], "label": item.get("string") or "", "value": value}
                for item in values["properties"]
                if (value := self._get_property_words(item))
            ]
            if items:
                section = sections.setdefault(member.commercial_partner_id.id, {"preferences": []})
                section["preferences"].append(
                    {
                        "contact": {"id": member.id, "name": member.name or member.display_name},
                        "items": items,
                    }
                )
        return sections

    @api.model
    def _get_property_words(self, item):
        """Value of a property as it is read, empty when there is none."""
        value = item.get("value")
        if not value or item["type"] in ("html", "separator"):
            return ""
        if item["type"] == "boolean":
            return self.env._("yes")
        if item["type"] in ("selection", "tags"):
            labels = {choice[0]: choice[1] for choice in item.get(item["type"]) or []}
            values = value if item["type"] == "tags" else [value]
            return ", ".join(labels[key] for key in values if key in labels)
        if item["type"] == "many2one":
            return value[1] or ""
        if item["type"] == "many2many":
            return ", ".join(name for __, name in value if name)
        return str(value)[:VALUE_LENGTH]
