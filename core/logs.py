"""Keeping out of the logs what only the addressee of a link may know."""

import logging
import re
from collections.abc import Sequence


class SecretAddressFilter(logging.Filter):
    """Cut the secret, with the ending it may have, out of every address below one of the paths ``under``."""

    def __init__(self, *, under: Sequence[str]) -> None:
        super().__init__()
        self._secret = re.compile(rf"(/(?:{'|'.join(map(re.escape, under))})/)[^/\s?#]+")

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cut = self._secret.sub(r"\1…", message)
        if cut != message:
            record.msg, record.args = cut, ()
        return True
