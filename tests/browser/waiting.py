"""Waiting for what a page says of itself. `wait_for_function` has the page evaluate text, which its policy forbids."""

import time


def comes_true(page, expression, *, seconds=15):
    """Ask the page for ``expression`` until it is true; say whether it was in time."""
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            return False
        page.wait_for_timeout(50)
    return True
