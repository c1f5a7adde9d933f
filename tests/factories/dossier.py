from hashlib import sha256
from io import BytesIO
from itertools import count

from django.core.files.base import ContentFile
from PIL import Image

from dossier.models import DossierExport, Picture, Proof, Section
from tests.factories.candidacy import make_candidacy, make_criterion

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
