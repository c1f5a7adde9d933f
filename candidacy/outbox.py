from notifications.models import OutboundMessage
from notifications.own_words import in_own_words
from notifications.registry import Composed, Skip, composer_for


def preview(message: OutboundMessage) -> Composed | Skip | None:
    """Write what a planned message would say as things stand; its text is decided only when it leaves.

    One that has already failed is left alone: its writing may be what fails.
    """
    composed = preview_automatic(message)
    return in_own_words(message, composed) if isinstance(composed, Composed) else composed


def preview_automatic(message: OutboundMessage) -> Composed | Skip | None:
    """Like `preview`, in the words that nobody has changed."""
    if message.status != OutboundMessage.Status.PLANNED or message.attempts:
        return None
    try:
        compose = composer_for(message.kind)
    except LookupError:
        return None
    return compose(message)
