"""The one kind of error that is shown to the user as a single line."""


class Problem(Exception):
    """Something the user can put right; its text says what to do."""
