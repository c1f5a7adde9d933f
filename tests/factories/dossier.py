from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from core.secret_addresses import digest_of_token, make_token
from dossier.assembly import read_dossier
from dossier.models import (
    Audience,
    Comment,
    CommentThread,
    DossierExport,
    Edition,
    EditionFile,
    EditionPublication,
    LinkCheck,
    LiveFigure,
    Picture,
    Proof,
    ReadingLink,
    Reviewer,
    Section,
    WordImport,
    WordImportPicture,
)
from dossier.snapshots import (
    take_snapshot,
)
from tests.factories.candidacy import (
    make_candidacy,
    make_criterion,
    make_member,
    make_user,
)

_serial = count(1)


def make_section(*, candidacy=None, **fields):
    n = next(_serial)
    fields.setdefault("key", f"section-{n}")
    fields.setdefault("position", n)
    fields.setdefault("title", f"Section {n}")
    return Section.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_proof(*, section=None, criterion=None, **fields):
    section = section or make_section()
    criterion = criterion or make_criterion(candidacy=section.candidacy)
    return Proof.objects.create(section=section, criterion=criterion, **fields)


def make_reviewer(*, section=None, contact=None, membership=None):
    """Name a reviewer: a contact, or a member of those who prepare the bid."""
    section = section or make_section()
    if contact is None and membership is None:
        membership = make_member(candidacy=section.candidacy)
    return Reviewer.objects.create(section=section, contact=contact, membership=membership)


def make_thread(*, section=None, author=None, body="Un commentaire.", **fields):
    """Make a thread with its first comment, which everybody who reads the section reads."""
    section = section or make_section()
    fields.setdefault("audience", Audience.READERS)
    fields.setdefault("revision", section.revision)
    if fields["audience"] == Audience.PARTNER:
        fields.setdefault("organisation", section.organisation)
    thread = CommentThread.objects.create(section=section, **fields)
    make_comment(thread=thread, author=author, body=body)
    return thread


def make_comment(*, thread=None, author=None, told=(), **fields):
    author = author or make_user()
    fields.setdefault("author_name", author.get_full_name())
    fields.setdefault("body", "Une réponse.")
    comment = Comment.objects.create(thread=thread or make_thread(), author=author, **fields)
    comment.told.set(told)
    return comment


def make_picture(*, candidacy=None, **fields):
    n = next(_serial)
    buffer = BytesIO()
    Image.new("RGB", (40, 30), (n % 255, 80, 120)).save(buffer, "JPEG")
    fields.setdefault("key", f"image-{n}")
    fields.setdefault("alternative_text", "Un aplat de couleur.")
    fields.setdefault("credit", "Candidacy")
    fields.setdefault("digest", sha256(buffer.getvalue()).hexdigest())
    fields.setdefault("file", ContentFile(buffer.getvalue(), name=f"image-{n}.jpg"))
    return Picture.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_live_figure(*, candidacy=None, **fields):
    n = next(_serial)
    fields.setdefault("label", f"Chiffre {n}")
    fields.setdefault("value", Decimal(n))
    fields.setdefault("source", "Insee")
    fields.setdefault("dated_on", date(2026, 1, 1))
    return LiveFigure.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_export(*, candidacy=None, content=b"%PDF-1.7", **fields):
    """Make a finished export unless ``status`` says otherwise."""
    fields.setdefault("status", DossierExport.Status.DONE)
    export = DossierExport(candidacy=candidacy or make_candidacy(), **fields)
    if export.status == DossierExport.Status.DONE:
        export.sha256 = sha256(content).hexdigest()
        export.byte_count = len(content)
        export.progress = 100
        export.file.save("dossier.pdf", ContentFile(content), save=False)
    export.save()
    return export


def make_link_check(*, candidacy=None, **fields):
    """Make what was found just now of an address that answers, unless ``status`` and ``reason`` say otherwise."""
    n = next(_serial)
    fields.setdefault("address", f"https://exemple.example/{n}")
    fields.setdefault("status", LinkCheck.Status.ALIVE)
    fields.setdefault("checked_at", timezone.now())
    return LinkCheck.objects.create(candidacy=candidacy or make_candidacy(), **fields)


def make_word_import(*, section=None, candidacy=None, requested_by=None, with_picture=False, **fields):
    """Make a document that was read and waits, for ``section`` or for the outline of ``candidacy``."""
    fields.setdefault("status", WordImport.Status.READY)
    fields.setdefault("filename", "Notre texte.docx")
    fields.setdefault("file", ContentFile(b"PK", name="import.docx"))
    depth = 0 if section else 1
    fields.setdefault(
        "entries", [{"title": "" if section else "Partie", "depth": depth, "html": "<p>Lu.</p>"}]
    )
    row = WordImport.objects.create(
        section=section,
        candidacy=candidacy or (section.candidacy if section else make_candidacy()),
        requested_by=requested_by or make_user(),
        **fields,
    )
    if with_picture:
        buffer = BytesIO()
        Image.new("RGB", (40, 30), (20, 80, 120)).save(buffer, "PNG")
        WordImportPicture.objects.create(
            word_import=row, number=1, file=ContentFile(buffer.getvalue(), name="import-1.png")
        )
    return row


def make_edition(*, candidacy=None, content=None, variant=EditionFile.Variant.FULL, **fields):
    """Freeze the dossier as the service does, with a stand-in for its print; ``content`` False leaves it unprinted."""
    candidacy = candidacy or make_candidacy()
    snapshot = take_snapshot(read_dossier(candidacy))
    fields.setdefault("number", candidacy.editions.count() + 1)
    fields.setdefault("label", "Relecture")
    edition = Edition.objects.create(
        candidacy=candidacy,
        author=fields.pop("author", None) or make_user(),
        snapshot=snapshot.text,
        content_digest=snapshot.digest,
        day=snapshot.day,
        changed_at=snapshot.changed_at,
        **fields,
    )
    if content is not False:
        make_edition_file(edition=edition, variant=variant, content=content)
    return edition


def make_edition_file(*, edition=None, content=None, **fields):
    """Store a version of ``edition``; one made here has its full version already, so this is the public one."""
    if edition is None:
        edition = make_edition()
        fields.setdefault("variant", EditionFile.Variant.PUBLIC)
    content = content or f"%PDF-1.7 {next(_serial)}".encode()
    digest = sha256(content).hexdigest()
    fields.setdefault("variant", EditionFile.Variant.FULL)
    fields.setdefault("page_count", 1)
    file = EditionFile(edition=edition, sha256=digest, byte_count=len(content), **fields)
    file.file.save(f"{digest}.pdf", ContentFile(content), save=False)
    file.save()
    return file


def make_published_edition(*, published_at=None, published_by=None, **fields):
    edition = make_edition(**fields)
    dated = {"published_at": published_at} if published_at else {}
    EditionPublication.objects.create(
        edition=edition, file=edition.files.get(), published_by=published_by, **dated
    )
    return edition


def make_reading_link(*, edition=None, token=None, **fields):
    """Let a reader in for a month; the address is in ``token`` of what is returned, and nowhere else."""
    token = token or make_token()
    fields.setdefault("variant", EditionFile.Variant.FULL)
    fields.setdefault("reader_name", "Mathilde Caron")
    fields.setdefault("expires_at", timezone.now() + timedelta(days=30))
    link = ReadingLink.objects.create(
        edition=edition or make_edition(), token_sha256=digest_of_token(token), **fields
    )
    link.token = token
    return link
