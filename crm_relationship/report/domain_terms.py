from odoo.fields import Domain


def get_common_terms(domain, model):
    """The conditions ``(field, operator, value)`` that hold for every record of the domain:
    those that are joined by "and" at its top."""
    terms, skipped = [], 0  # how many operands of an "or" or a "not" are still to come
    for item in Domain(domain).optimize_full(model):
        if skipped:
            skipped += {"&": 1, "|": 1, "!": 0}.get(item, -1) if isinstance(item, str) else -1
        elif item in ("|", "!"):
            skipped = 2 if item == "|" else 1
        elif item != "&":
            terms.append(tuple(item))
    return terms
