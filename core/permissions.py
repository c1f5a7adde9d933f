from django.core.exceptions import PermissionDenied


def require(allowed: bool) -> None:  # noqa: FBT001 -- reads as a sentence at the call: require(can_…(user, x))
    """Answer 403 unless ``allowed``; what lies outside the person's scope has already answered 404."""
    if not allowed:
        raise PermissionDenied
