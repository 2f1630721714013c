"""What `make` and `./odoo` run: provisioning, serving, testing, linting.

Standard library only, for it runs before the virtual environment exists.
"""
