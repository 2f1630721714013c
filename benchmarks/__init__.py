"""What the addon costs, measured against Odoo alone: ``make bench``."""
