"""Importing this refuses an interpreter that the project does not run on, in words that interpreter understands.

The programs of this folder import it first, and it keeps to the syntax of the oldest Python 3: a version
too old must get the sentence, not a SyntaxError.
"""

import sys

OLDEST = (3, 11)
NEWEST = (3, 14)


def refusal(version):
    """Return the sentence that refuses this version, or None when the project runs on it."""
    found = tuple(version[:2])
    if OLDEST <= found <= NEWEST:
        return None
    return "Il faut Python {}.{} à {}.{} ; celui-ci est Python {}.{}.".format(*(OLDEST + NEWEST + found))


if refusal(sys.version_info):
    sys.exit(refusal(sys.version_info))
