"""Comparing words as people do: without case, accents or punctuation, on every database."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return ``text`` in small letters without accents, its words parted by one space: « L’Œuvre » is « l oeuvre »."""
    bare = "".join(
        char
        for char in unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
        if not unicodedata.combining(char)
    )
    return _NEITHER_LETTER_NOR_DIGIT.sub(" ", bare).strip()
