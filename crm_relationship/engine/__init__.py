"""Calculations of the addon that need neither Odoo nor a database."""
