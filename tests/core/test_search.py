import pytest

from core.search import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Liévin", "lievin"),
        ("L’Œuvre", "l oeuvre"),
        ("  Éleu-dit-Leauwette  ", "eleu dit leauwette"),
        ("MÉTAPHONE / 9-9bis", "metaphone 9 9bis"),
        ("Straße", "strasse"),
        ("e\u0301te\u0301", "ete"),
        ("!!!", ""),
    ],
)
def test_words_are_compared_without_case_accents_or_punctuation(text, folded):
    assert fold(text) == folded
