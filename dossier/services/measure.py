"""How much one section may hold, whoever brings the text."""

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.richtext import sanitise
from core.templatetags.formats import number

#: Some 60,000 words of marked-up text: far beyond any section, short of what would stall the browser and the press.
MAX_BODY_CHARACTERS = 400_000


def clean_body(body: str) -> str:
    """Return ``body`` as a section may keep it. Raises DomainError when it is too long to be one."""
    clean = sanitise(body)
    if len(clean) > MAX_BODY_CHARACTERS:
        raise DomainError(
            _(
                "Ce texte est trop long pour une section : %(count)s signes, mise en forme comprise, pour"
                " %(max)s au plus. Rien n’est perdu : répartissez-le entre plusieurs sections, ou raccourcissez-le."
            )
            % {"count": number(len(clean)), "max": number(MAX_BODY_CHARACTERS)}
        )
    return clean
