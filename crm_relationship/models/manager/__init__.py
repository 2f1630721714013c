"""The manager's Monday: what is late, by person, and how it goes on."""

# isort: skip_file
from . import crm_monday, crm_monday_figures, crm_monday_kinds, crm_team, ir_ui_menu
