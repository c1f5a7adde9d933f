"""What the editor of a section offers to insert, and where it sends pictures: plain data for the page."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from candidacy.permissions import is_staff
from core.staleness import fingerprint
from dossier.mentions import value_of
from dossier.models import Picture, Section, TextTable
from dossier.outline import read_outline
from dossier.picture_forms import PictureForm, PictureUploadForm
from dossier.pictures import MAX_BYTES


def editor_data(user: User, section: Section) -> dict[str, Any]:
    """Return what the templates of the editor need: only what ``user`` may see anyway."""
    candidacy = section.candidacy
    staff = is_staff(user, candidacy)
    pictures = candidacy.pictures.visible_to(user).order_by("caption", "pk")
    figures = candidacy.live_figures.visible_to(user).order_by("label", "pk")
    own = set() if staff else set(candidacy.sections.written_by(user).values_list("pk", flat=True))
    visible = set(candidacy.sections.visible_to(user).values_list("pk", flat=True))
    return {
        "pictures": [
            picture_data(picture, may_edit=staff or picture.uploaded_for_id in own) for picture in pictures
        ],
        "figures": [
            {"id": str(row.public_id), "label": row.label, "text": value_of(row).text} for row in figures
        ],
        "sections": [
            {
                "id": str(entry.public_id),
                "number": entry.number,
                "title": entry.title if entry.pk in visible else "",
                "offered": entry.pk in visible and entry.pk != section.pk,
            }
            for entry in read_outline(candidacy)
        ],
        "tables": [
            {"id": str(identity), "title": title if pk in visible else ""}
            for identity, title, pk in TextTable.objects.filter(section__candidacy=candidacy)
            .exclude(section=section)
            .in_outline_order()
            .values_list("identity", "title", "section_id")
        ],
        "upload_form": PictureUploadForm(auto_id="picture_%s", with_button=False),
        "sheet_form": PictureForm(row=Picture(), auto_id="sheet_%s", with_button=False),
        "max_bytes": MAX_BYTES,
    }


def picture_data(picture: Picture, *, may_edit: bool) -> dict[str, Any]:
    """Return a picture as the editor knows it; ``sheet`` is where to change what is said of it, if they may."""
    place = [picture.candidacy.slug, picture.public_id]
    return {
        "id": str(picture.public_id),
        "url": reverse("dossier:picture", args=place),
        "alternative_text": "" if picture.is_decorative else picture.alternative_text,
        "is_decorative": picture.is_decorative,
        "caption": picture.caption,
        "credit": picture.credit,
        "rights": picture.rights,
        "sheet": reverse("dossier:picture-edit", args=place) if may_edit else "",
        "seen": fingerprint(picture, PictureForm.Meta.fields) if may_edit else "",
    }
