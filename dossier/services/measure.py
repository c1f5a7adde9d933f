"""How much one section may hold, whoever brings the text."""

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.richtext import sanitise
from core.templatetags.formats import number

#: Some 60,000 words of marked-up text: far beyond any section, short of what would stall the browser and the press.
MAX_BODY_CHARACTERS = 400_000
#: What a word processor says around its words comes off; of a text longer than this, too much would remain.
MAX_RAW_CHARACTERS = 10 * MAX_BODY_CHARACTERS


def clean_body(body: str) -> str:
    """Return ``body`` as a section may keep it. Raises DomainError when it is too long to be one."""
    if len(body) > MAX_RAW_CHARACTERS:
        raise _too_long(body)
    clean = sanitise(body)
    if len(clean) > MAX_BODY_CHARACTERS:
        raise _too_long(clean)
    return clean


def _too_long(text: str) -> DomainError:
    return DomainError(
        _(
            "Ce texte est trop long pour une section : %(count)s signes, mise en forme comprise, pour"
            " %(max)s au plus. Rien n’est perdu : répartissez-le entre plusieurs sections, ou raccourcissez-le."
        )
        % {"count": number(len(text)), "max": number(MAX_BODY_CHARACTERS)}
    )
