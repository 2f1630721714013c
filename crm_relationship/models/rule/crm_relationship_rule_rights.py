from ast import literal_eval

from odoo import api, fields, models
from odoo.fields import Domain


class CrmRelationshipRule(models.Model):
    """For whom a rule is, and with whose eyes it looks for them.

    A rule acts on the records of its companies whoever may read them. Its filter
    may lead to other records, and reaches no further than the rights of who
    answers for the rule: else a count or a forecast would tell what nobody who
    may change the rule is allowed to see.
    """

    _inherit = "crm.relationship.rule"

    filter_note = fields.Char(
        compute="_compute_filter_note",
        help="Whose rights decide what the filter finds where it leads to other records.",
    )

    @api.depends("domain", "model_id", "user_id", "active")
    @api.depends_context("lang", "uid")
    def _compute_filter_note(self):
        for rule in self:
            rule.filter_note = rule._describe_eyes() if rule._has_filter_elsewhere() else False

    def _has_filter_elsewhere(self):
        """Whether the filter, which may be half-written still, leads to other records."""
        try:
            return bool(self.model_name) and self._leads_elsewhere(self._get_filter())
        except (ValueError, SyntaxError, TypeError):
            return False

    def _describe_eyes(self):
        return self.env._(
            "Where the filter asks for more than the record itself, such as its deals, the rule "
            "sees what %(user)s may see. The number above is yours, and may be another.",
            user=self._get_eyes().name,
        )

    def _get_record_domain(self):
        """The records the rule is for, as a Domain."""
        return self._get_filter_as_seen() & self._get_companies_domain()

    def _get_filter(self):
        """What people entered as the filter, as a Domain."""
        return Domain(literal_eval((self.domain or "").strip() or "[]"))

    def _get_filter_as_seen(self):
        """The filter as who answers for the rule sees the database."""
        domain = self._get_filter()
        if not self._leads_elsewhere(domain):
            return domain
        seen = Domain("id", "in", self._look_with(self._get_eyes(), domain))
        if any(condition.field_expr == "active" for condition in domain.iter_conditions()):
            # It says itself whether what is archived is meant.
            seen &= Domain("active", "in", [True, False])
        return seen

    def _leads_elsewhere(self, domain):
        """Whether it asks for more than plain columns of the records themselves."""
        return not all(self._is_plain(condition) for condition in domain.iter_conditions())

    def _is_plain(self, condition):
        """Whether no other record is looked at: which salesperson it is, but not of which team."""
        field = self.env[self.model_name]._fields.get(condition.field_expr)
        if not field or not field.store or not field.relational:
            return bool(field and field.store)
        value = condition.value
        values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
        return (
            field.type == "many2one"
            and not field.company_dependent
            and condition.operator in ("=", "!=", "in", "not in")
            and all(isinstance(value, int) for value in values)
        )

    def _look_with(self, user, domain):
        """Query of the records that match what this user may see of where the filter leads."""
        # sudo: the companies of another user are no secret for who looks at the rule
        own = user.sudo()._get_company_ids()
        companies = [id_ for id_ in self._get_company_ids() if id_ in own] or user.company_id.ids
        records = self._get_records_model().with_user(user)
        return records.with_context(allowed_company_ids=list(companies))._search(
            domain, bypass_access=True
        )

    def _get_eyes(self):
        """With whose rights the filter looks."""
        # sudo: who looks at the rule need not read the users it is of
        return self.sudo()._get_answerable()

    def _get_companies_domain(self):
        """Records of the companies the rule acts for, and of none."""
        if not self._has_company():
            return Domain.TRUE
        return Domain("company_id", "in", [False, *self._get_company_ids()])

    def _has_company(self):
        """Whether records say which company they belong to; the others are everybody's."""
        field = self.env[self.model_name]._fields.get("company_id")
        return bool(field and field.store)

    def _get_company_ids(self):
        """The companies it acts for: its own, else those of who answers for it, or made it."""
        user = self._get_owner_to_be() or self.create_uid or self.env.user
        return self.company_id.ids or user._get_company_ids()

    def _get_domain_to_open(self, domain=Domain.TRUE):
        """The records the rule is for as the browser takes them, of these.

        Where the filter leads elsewhere it is said who they are: who opens them may see
        other things there.
        """
        if self._leads_elsewhere(self._get_filter()):
            return self._name_records(domain)
        return list(self._get_filter() & self._get_companies_domain() & domain)

    def _name_records(self, domain):
        found = self._get_records_model().search(self._get_record_domain() & domain)
        return [("id", "in", found.ids)]
