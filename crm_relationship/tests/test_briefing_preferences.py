from odoo.tests import tagged

from .common_briefing import BriefingCommon

STARTING = [
    "occupation",
    "interests",
    "family",
    "pets",
    "preferred_channel",
    "preferred_hours",
]


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefingPreferences(BriefingCommon):
    """Preferences and personal notes: Odoo's properties on contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.definition = cls.env["properties.base.definition"]._get_definition_for_property_field(
            "res.partner", "properties"
        )
        cls.definition.properties_definition = []
        cls.env["res.partner"]._add_starting_preferences()

    def _names(self):
        return [item["name"] for item in self.definition.properties_definition]

    def test_what_is_there_stays(self):
        self.assertEqual(self._names(), STARTING)
        own = [
            {"name": "shoe", "type": "char", "string": "Shoe size"},
            {"name": "pets", "type": "tags", "string": "Animals", "tags": [["dog", "Dog", 1]]},
            {"name": "hobby", "type": "char", "string": "INTERESTS"},
        ]
        self.definition.properties_definition = own
        self.env["res.partner"]._add_starting_preferences()
        self.env["res.partner"]._add_starting_preferences()
        expected = ["shoe", "pets", "hobby", "occupation", "family"]
        self.assertEqual(self._names(), [*expected, "preferred_channel", "preferred_hours"])
        self.assertEqual(self.definition.properties_definition[1]["string"], "Animals")

    def test_they_are_told_in_words_the_own_first(self):
        self.brandon.with_user(self.carla).properties = {
            "interests": "golf",
            "pets": "dog Rex",
            "preferred_channel": "phone",
        }
        self.oak.properties = {"preferred_hours": "before 10"}
        expected = [
            {
                "contact": {"id": self.brandon.id, "name": "Brandon"},
                "items": [
                    {"name": "interests", "label": "Interests", "value": "golf"},
                    {"name": "pets", "label": "Pets", "value": "dog Rex"},
                    {"name": "preferred_channel", "label": "Preferred channel", "value": "Phone"},
                ],
            },
            {
                "contact": {"id": self.oak.id, "name": "Oak Interiors"},
                "items": [
                    {"name": "preferred_hours", "label": "Preferred hours", "value": "before 10"}
                ],
            },
        ]
        self.assertEqual(self._brief(self.brandon)["preferences"], expected)
        self.assertEqual(self._brief(self.oak)["preferences"], expected[::-1])
        self.assertEqual(self._brief(self.lumen)["preferences"], [])

    def test_properties_of_any_type(self):
        self.definition.properties_definition = [
            {"name": "vip", "type": "boolean", "string": "Guest of honour"},
            {"name": "likes", "type": "tags", "string": "Likes", "tags": [["t", "Tea", 1]]},
            {
                "name": "friend",
                "type": "many2one",
                "string": "Friend",
                "comodel": "res.partner",
            },
            {"name": "size", "type": "integer", "string": "Size"},
            {"name": "empty", "type": "char", "string": "Empty"},
        ]
        self.lumen.properties = {
            "vip": True,
            "likes": ["t"],
            "friend": self.nina.id,
            "size": 44,
            "empty": "",
        }
        [told] = self._brief(self.lumen)["preferences"]
        self.assertEqual(
            {item["label"]: item["value"] for item in told["items"]},
            {
                "Guest of honour": "yes",
                "Likes": "Tea",
                "Friend": self.nina.display_name,
                "Size": "44",
            },
        )
