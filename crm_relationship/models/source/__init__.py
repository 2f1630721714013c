"""Where clients come from: sources, their groups, and which of them are the same."""

from . import crm_source_group, utm_source
