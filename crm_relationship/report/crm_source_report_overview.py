from odoo import api, models
from odoo.fields import Domain

from .crm_source_report import CASES, RATIOS
from .crm_source_report_query import ATTRIBUTED

FIRST_TOUCH, DEAL = "first_touch", "deal"


class CrmSourceReport(models.Model):
    """What the screen Sources shows: everything in a handful of grouped reads."""

    _inherit = "crm.source.report"

    @api.model
    def get_overview(self, domain, model=FIRST_TOUCH):
        """Sources, months and the comparison of both models.

        :param domain: rows of the report, as a search finds them
        :param model: ``first_touch``, or ``deal``: money by the source of the deal itself. What the
            domain says of a source or of the day it came is read by that model.
        """
        own = self._get_lines(domain, model)
        other = DEAL if model == FIRST_TOUCH else FIRST_TOUCH
        self._set_other(own, self._get_lines(domain, other))
        [total] = self._get_figures(self._by_model(domain, model), [])
        return {
            "columns": self._get_overview_columns(),
            "currency_id": self.env.company.currency_id.id,
            "earned_label": self._get_earned_label(),
            "lines": own,
            "total": total,
            "months": self._get_months(domain, model),
            "usual_time": self._get_usual_time(),
        }

    @api.model
    def _get_overview_columns(self):
        """The columns of the table in their order: what they are called, what they mean, and the
        sums whose rows prove them."""
        labels = {
            "cost_per_lead": self.env._("Cost / Lead"),
            "customers": self.env._("Customers"),
            "acquisition_cost": self.env._("CAC"),
        }
        sums = {**RATIOS, "payback": ("cost", "profit"), "maturity": ("leads",)}
        info = self.fields_get(self._get_overview_names(), ["string", "help", "type"])
        return [
            {
                "name": name,
                "type": info[name]["type"],
                "label": labels.get(name, info[name]["string"]),
                "help": info[name]["help"],
                "sums": sums.get(name, (name,)),
            }
            for name in self._get_overview_names()
        ]

    @api.model
    def _get_overview_names(self):
        """Columns of the table; a bridge adds its own."""
        return [
            *("cost", "leads", "cost_per_lead", "conversion", "customers", "acquisition_cost"),
            *("revenue", "profit", "roas", "roi", "payback", "maturity"),
        ]

    @api.model
    def _get_earned_label(self):
        """What a source has earned before its own cost is taken off: profit + cost."""
        return self.env._("Won value")

    @api.model
    def _get_figure_names(self):
        """What is read of each line: the columns, and what tells how sure they are."""
        return ["won", *RATIOS, *CASES.values(), *self._get_overview_names()]

    @api.model
    def _by_model(self, domain, model):
        """The domain with what it says of source and day read by the model."""
        if model == FIRST_TOUCH:
            return Domain(domain)
        return Domain(domain).map_conditions(
            lambda term: Domain(_get_name(term.field_expr, model), term.operator, term.value)
        )

    @api.model
    def _get_lines(self, domain, model):
        """One line for each group of sources, and for each source without a group; the most
        profitable first."""
        domain = self._by_model(domain, model)
        source = _get_name("source_id", model)
        group = f"{source}.relationship_group_id"
        grouped = Domain(group, "!=", False)
        alone = Domain(source, "=", False) | Domain(group, "=", False)
        lines = [
            *self._get_figures(domain, [group], grouped),
            *self._get_figures(domain, [source], alone),
        ]
        return sorted(lines, key=lambda line: -line["profit"])

    @api.model
    def _get_figures(self, domain, groupby, part=Domain.TRUE):
        """Sums and ratios of each group of that part of the domain, and the domain of its rows."""
        names = [*dict.fromkeys(self._get_figure_names())]
        specs = {name: f"{name}:{self._fields[name].aggregator}" for name in names}
        return [
            {
                **{name: row[spec] for name, spec in specs.items()},
                **(_get_line(row[groupby[0]], groupby[0]) if groupby else {}),
                "domain": list(domain & Domain(row["__extra_domain"])),
            }
            for row in self.formatted_read_group(domain & part, groupby, [*specs.values()])
        ]

    @api.model
    def _set_other(self, lines, others):
        """Where a line stands by the other model, and what it has earned by it."""
        ranks = {line["key"]: rank for rank, line in enumerate(others, 1)}
        same = {line["key"]: line for line in others}
        for rank, line in enumerate(lines, 1):
            other = same.get(line["key"])
            line |= {
                "rank": rank,
                "other_rank": ranks.get(line["key"]),
                "other_profit": other["profit"] if other else 0.0,
                "other_domain": other["domain"] if other else None,
            }

    @api.model
    def _get_months(self, domain, model):
        """The months in which leads and clients came, oldest first: what they cost and what they
        have brought up to now."""
        return self._get_figures(
            self._by_model(domain, model), [f"{_get_name('date', model)}:month"]
        )


def _get_name(name, model):
    """The field as the model reads it."""
    head, dot, tail = name.partition(".")
    return f"deal_{head}{dot}{tail}" if model == DEAL and head in ATTRIBUTED else name


def _get_line(value, groupby):
    """What identifies a line and what it is called; the unknown source is called nothing."""
    key, label = value or (False, False)
    kind = "group" if groupby.endswith("relationship_group_id") else "source"
    return {"key": f"{kind}-{key}", "label": label, "is_unknown": not key}
