# The commands of the project. The work is done by the Python package workbench/.
START := ./workbench/start
export PORT LISTEN ODOO_PATH MODULES WITHOUT_US PYTHON SCREENS N ONLY

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format test-odoo bench screenshots stop clean

help:
	@echo "make run         Odoo with the addon and demo data in the browser (PORT=8069)"
	@echo "make test        lint and all tests"
	@echo "make setup       only get what these need: Odoo, PostgreSQL, Python packages"
	@echo "make lint        only the lint"
	@echo "make format      put the files into the form that lint asks for"
	@echo "make test-odoo   Odoo's own tests with the addon installed (MODULES=\"crm mail\","
	@echo "                 WITHOUT_US=1 for Odoo alone)"
	@echo "make bench       what the addon costs against Odoo alone (N=100000 contacts)"
	@echo "                 (ONLY=\"p7 p8\" measures these goals alone)"
	@echo "make screenshots the pictures of docs/screenshots anew (SCREENS=\"clients log\")"
	@echo "make stop        stop the project's PostgreSQL"
	@echo "make clean       stop it and delete all that the set-up made"
	@echo "./odoo ...       Odoo's own command line: ./odoo shell -d demo"
	@echo
	@echo "ODOO_PATH=/path/to/odoo uses an Odoo 19 that is already there."

setup run test lint format test-odoo bench stop clean:
	@$(START) $@

screenshots:
	@variables=$$($(START) environment) && eval "$$variables" && python -m workbench.screenshots
