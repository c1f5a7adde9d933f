from notifications.models import OutboundMessage
from notifications.registry import Composed, Skip, composer_for


def preview(message: OutboundMessage) -> Composed | Skip | None:
    """Write what a planned message would say if it left now; its text is decided only when it leaves.

    One that has already failed is left alone: its writing may be what fails.
    """
    if message.status != OutboundMessage.Status.PLANNED or message.attempts:
        return None
    try:
        compose = composer_for(message.kind)
    except LookupError:
        return None
    return compose(message)
