from . import test_source_cost_file
