"""What a service refuses. The message is French and is shown to the person as it stands."""


class DomainError(Exception):
    """A rule of the field forbids what was asked."""


class StaleRevisionError(DomainError):
    """Somebody saved a newer state of the same object in the meantime."""
