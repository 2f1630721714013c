"""The story of a year at Oak & Light: tables, and what writes the demo data of them."""
