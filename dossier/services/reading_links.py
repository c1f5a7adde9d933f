"""Letting people without an account read an edition: the leads give links, renew them and take them back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.errors import DomainError
from core.secret_addresses import digest_of_token, make_nonce, make_token, token_from
from core.staleness import lock_row
from dossier.models import Edition, EditionFile, ReadingLink
from dossier.services.editions import print_version
from notifications.services import cancel_messages, plan_message

#: The kind of message that dossier.reading_messages writes.
LINK = "reading-link"
MAX_READERS = 50


@dataclass(frozen=True)
class Reader:
    name: str
    email: str = ""


@dataclass(frozen=True)
class Given:
    """A link as it was just made. ``token`` is known here and nowhere later; it is empty where a message tells it."""

    link: ReadingLink
    token: str = ""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the readers of one batch may do, and until when."""

    variant: str
    expires_at: datetime
    is_watermarked: bool = True
    may_comment: bool = True
    may_approve: bool = False


@transaction.atomic
def share_edition(
    *, edition: Edition, readers: Iterable[Reader], terms: Terms, by: User, by_mail: bool = False
) -> list[Given]:
    """Give each of ``readers`` a link to ``edition``, told by mail to those who have an address, if asked.

    Whoever has a link that still opens keeps that one: the same form sent twice gives nobody a second link. A version
    that is not printed yet is put in the queue.
    """
    readers = list(readers)
    if len(readers) > MAX_READERS:
        raise DomainError(_("Cinquante personnes au plus à la fois."))
    _check(terms)
    locked = (
        Edition.objects.select_for_update(of=("self",), no_key=True).without_snapshot().get(pk=edition.pk)
    )
    taken = [_key(Reader(link.reader_name, link.email)) for link in locked.reading_links.live(timezone.now())]
    given = []
    for reader in readers:
        if _key(reader) in taken:
            raise DomainError(
                _("%(name)s a déjà un lien vers cette édition : renouvelez-le, ou révoquez-le d’abord.")
                % {"name": reader.name}
            )
        taken.append(_key(reader))
        given.append(_give(locked, reader, terms, by=by, by_mail=by_mail))
    if not locked.files.filter(variant=terms.variant).exists():
        print_version(edition=locked, variant=terms.variant, by=by)
    return given


@transaction.atomic
def renew_link(*, link: ReadingLink, expires_at: datetime, by_mail: bool = False) -> Given:
    """Give the reader of ``link`` another address that opens until ``expires_at``; the one before opens nothing more."""
    locked = lock_row(link)
    if expires_at <= timezone.now():
        raise DomainError(_("L’échéance est déjà passée."))
    _call_off(locked, _("Le lien a été renouvelé avant l’envoi."))
    token = _set_token(locked, by_mail=by_mail and bool(locked.email))
    locked.expires_at = expires_at
    locked.revoked_at = locked.revoked_by = None
    locked.full_clean()
    locked.save()
    if not token:
        _plan(locked)
    return Given(locked, token)


@transaction.atomic
def revoke_link(*, link: ReadingLink, by: User) -> None:
    """Close ``link`` at once. What its reader wrote and approved stays."""
    locked = lock_row(link)
    if locked.revoked_at is not None:
        return
    _call_off(locked, _("Le lien a été révoqué avant l’envoi."))
    locked.revoked_at = timezone.now()
    locked.revoked_by = by
    locked.save(update_fields=["revoked_at", "revoked_by"])


def _check(terms: Terms) -> None:
    if terms.variant == EditionFile.Variant.ARCHIVE:
        raise DomainError(
            _("La version d’archive se conserve : donnez à lire la version complète ou publique.")
        )
    if terms.expires_at <= timezone.now():
        raise DomainError(_("L’échéance est déjà passée."))


def _key(reader: Reader) -> str:
    """Tell readers apart: by address, or by name where there is none."""
    return reader.email.casefold() or reader.name.casefold()


def _give(edition: Edition, reader: Reader, terms: Terms, *, by: User, by_mail: bool) -> Given:
    link = ReadingLink(
        edition=edition,
        variant=terms.variant,
        reader_name=reader.name,
        email=reader.email,
        is_watermarked=terms.is_watermarked,
        may_comment=terms.may_comment,
        may_approve=terms.may_approve,
        expires_at=terms.expires_at,
        created_by=by,
    )
    token = _set_token(link, by_mail=by_mail and bool(reader.email))
    link.full_clean()
    link.save()
    if not token:
        _plan(link)
    return Given(link, token)


def _set_token(link: ReadingLink, *, by_mail: bool) -> str:
    """Put the digest of a new address on ``link``; return the address, unless a message is to tell it."""
    link.nonce = make_nonce() if by_mail else ""
    token = token_from(link.nonce, purpose=LINK) if by_mail else make_token()
    link.token_sha256 = digest_of_token(token)
    return "" if by_mail else token


def _plan(link: ReadingLink) -> None:
    plan_message(
        scope=link.edition.candidacy.public_id,
        kind=LINK,
        about=link.public_id,
        rule="link",
        recipient_key=f"reader:{link.public_id}",
        occurrence=link.token_sha256[:16],
        due_at=timezone.now(),
        title=_("Lien de lecture de l’édition %(number)d") % {"number": link.edition.number},
        recipient_name=link.reader_name,
    )


def _call_off(link: ReadingLink, reason: str) -> None:
    cancel_messages(kind=LINK, about=link.public_id, reason=reason)
