"""The engine is imported as a package of its own: neither Odoo nor a database is needed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "crm_relationship"))
