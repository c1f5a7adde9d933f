"""Telephone numbers, French unless they say otherwise."""

import phonenumbers

_HOME = "FR"


def readable_phone(text: str) -> str:
    """Write a number as people read it; what is no number stays as it is."""
    number = _parse(text)
    return text if number is None else _written(number)


def clean_phone(text: str) -> str | None:
    """Return the number as it is kept, or None for what cannot be one.

    « Possible » is enough: a new range, or one kept for fiction, must not be refused.
    """
    number = _parse(text)
    if number is None or not phonenumbers.is_possible_number(number):
        return None
    return _written(number)


def _parse(text: str) -> "phonenumbers.PhoneNumber | None":
    try:
        return phonenumbers.parse(text, _HOME)
    except phonenumbers.NumberParseException:
        return None


def _written(number: "phonenumbers.PhoneNumber") -> str:
    style = phonenumbers.PhoneNumberFormat
    is_french = number.country_code == phonenumbers.country_code_for_region(_HOME)
    return str(phonenumbers.format_number(number, style.NATIONAL if is_french else style.INTERNATIONAL))
