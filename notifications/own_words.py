"""A message in the words of a person, who rewrote it before it left.

What a message says is decided when it leaves. Words written beforehand serve as long as the facts that they were
written about have not changed; otherwise the automatic text leaves, and the page of the message says why.
"""

import json
import re
from dataclasses import replace
from typing import Any

from notifications.models import OutboundMessage
from notifications.registry import Composed

#: Stands in a text that is being rewritten for an address that is the recipient’s own.
MARK = re.compile(r"\[lien (\d+)\]")


def in_own_words(message: OutboundMessage, composed: Composed) -> Composed:
    """Return ``composed`` in the words that a person gave ``message``, where they still say what is so."""
    if not message.own_body or not still_true(message, composed):
        return composed
    secrets = {f"[lien {n}]": secret for n, secret in enumerate(composed.withheld, 1)}
    body = MARK.sub(lambda mark: secrets.get(mark[0], mark[0]), message.own_body)
    return replace(composed, subject=message.own_subject, body=body)


def still_true(message: OutboundMessage, composed: Composed) -> bool:
    """Whether the facts that ``message`` was rewritten about are those that it would tell now."""
    return bool(message.own_facts == as_kept(composed.facts))


def text_to_rewrite(composed: Composed) -> str:
    """Return the body of ``composed`` with a mark in the place of each address that is the recipient’s own."""
    body = composed.body
    for number, secret in enumerate(composed.withheld, 1):
        body = body.replace(secret, f"[lien {number}]")
    return body


def as_kept(facts: dict[str, Any]) -> Any:
    """Return ``facts`` as the database gives them back."""
    return json.loads(json.dumps(facts))
