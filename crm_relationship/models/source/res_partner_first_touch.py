from odoo import fields, models
from odoo.tools import SQL

from ..client.res_partner import PREFETCH_GROUP

# Where a client first came from.
FIRST_TOUCH = (
    "acquisition_date",
    "acquisition_source_id",
    "acquisition_medium_id",
    "acquisition_campaign_id",
)
# What is written down in the chatter when somebody changes it. Odoo reads and compares whatever is
# tracked (`tracking=True`) at each write of a contact: these only when they are written.
TRACED = {*FIRST_TOUCH, "referrer_id", "relationship_rules_off"}


class ResPartner(models.Model):
    """The first touch of a client: set once, corrected by hand, with a trace.

    It comes from the client's first lead (``acquisition_lead_id``) and stays what it was then;
    only what was empty is filled when it is entered on that lead later. A lead that turns out to
    be somebody else's takes it away again. What somebody has written stays: then there is no
    lead behind it.
    """

    _inherit = "res.partner"

    acquisition_lead_id = fields.Many2one(
        "crm.lead",
        "First Lead",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
        help="The lead the first touch was taken from; empty when it was entered by hand.",
    )

    def write(self, vals):
        traced = TRACED & vals.keys()
        if not traced:
            return super().write(vals)
        if "acquisition_lead_id" not in vals and not traced.isdisjoint(FIRST_TOUCH):
            vals = {**vals, "acquisition_lead_id": False}
        self._trace(traced)
        return super().write(vals)

    def _set_acquisition(self):
        """Keep the first touch of these clients; see the class for what that means."""
        self._execute_refresh(
            SQL(
                """
                UPDATE res_partner client
                   SET acquisition_lead_id = touch.lead_id,
                       acquisition_date = touch.date,
                       acquisition_source_id = touch.source_id,
                       acquisition_medium_id = touch.medium_id,
                       acquisition_campaign_id = touch.campaign_id
                  FROM (%s) touch
                 WHERE client.id = touch.id
                   AND (client.acquisition_lead_id, client.acquisition_date,
                        client.acquisition_source_id, client.acquisition_medium_id,
                        client.acquisition_campaign_id)
                       IS DISTINCT FROM
                       (touch.lead_id, touch.date,
                        touch.source_id, touch.medium_id, touch.campaign_id)
                RETURNING client.id
                """,
                self._query_first_touch(),
            )
        )

    def _query_first_touch(self):
        """SELECT of the first touch of these clients as it is to be."""
        return SQL(
            """
            SELECT entity.id,
                   CASE WHEN NOT kept.by_hand THEN lead.id END AS lead_id,
                   coalesce(kept.date, lead.date) AS date,
                   CASE WHEN kept.is_full THEN kept.source_id
                        ELSE coalesce(kept.source_id, lead.source_id) END AS source_id,
                   CASE WHEN kept.is_full THEN kept.medium_id
                        ELSE coalesce(kept.medium_id, lead.medium_id) END AS medium_id,
                   CASE WHEN kept.is_full THEN kept.campaign_id
                        ELSE coalesce(kept.campaign_id, lead.campaign_id) END AS campaign_id
              FROM res_partner entity
              -- the lead it was taken from, as long as it is theirs
         LEFT JOIN LATERAL (
                   SELECT l.id FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                    WHERE l.id = entity.acquisition_lead_id
                      AND p.commercial_partner_id = entity.id
                   ) own ON true
         LEFT JOIN LATERAL (
                   SELECT l.id, touch.*
                     FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
               CROSS JOIN LATERAL (%(of_lead)s) touch
                    WHERE p.commercial_partner_id = entity.id AND (own.id IS NULL OR l.id = own.id)
                    ORDER BY touch.date, l.create_date, l.id LIMIT 1
                   ) lead ON true
        CROSS JOIN LATERAL (
                   SELECT entity.acquisition_lead_id IS NULL
                          AND num_nonnulls(
                              entity.acquisition_date, entity.acquisition_source_id,
                              entity.acquisition_medium_id, entity.acquisition_campaign_id) > 0
                   ) hand (by_hand)
        CROSS JOIN LATERAL (
                   SELECT hand.by_hand,
                          hand.by_hand OR entity.acquisition_source_id <> lead.source_id,
                          entity.acquisition_date, entity.acquisition_source_id,
                          entity.acquisition_medium_id, entity.acquisition_campaign_id
                    WHERE hand.by_hand OR own.id IS NOT NULL
                    UNION ALL
                   SELECT false, false, NULL::date, NULL::int, NULL::int, NULL::int
                    WHERE NOT hand.by_hand AND own.id IS NULL
                   ) kept (by_hand, is_full, date, source_id, medium_id, campaign_id)
             WHERE entity.id IN %(ids)s
            """,
            ids=tuple(self.ids),
            of_lead=self.env["crm.lead"]._query_first_touch_of("l"),
        )

    def _pick_first_touch(self):
        """Values of the first touch that these contacts keep when they become one.

        What somebody has written comes before what was taken from a lead, the earlier before the
        later.
        """
        known = self.filtered(lambda partner: any(partner[name] for name in FIRST_TOUCH))
        if not known:
            return {}
        last = fields.Date.to_date("9999-12-31")
        first = min(
            known,
            key=lambda partner: (
                bool(partner.acquisition_lead_id),
                partner.acquisition_date or last,
            ),
        )
        return first._convert_fields_to_values([*FIRST_TOUCH, "acquisition_lead_id"])
