from functools import partial
from typing import Any
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.http import AppRequest
from candidacy.models import Candidacy
from candidacy.permissions import is_staff
from candidacy.scope import candidacy_for
from core.downloads import pdf_response
from core.errors import DomainError
from core.permissions import require
from dossier.comparing import compare, pictures_of
from dossier.comparison_forms import EditionPairForm
from dossier.deposit import assess_deposit
from dossier.edition_forms import DepositForm, EditionForm, SubmissionForm
from dossier.edition_page import read_edition_page
from dossier.links import progress_of
from dossier.models import Edition, EditionFile, EditionPublication
from dossier.permissions import (
    can_compare_editions,
    can_deposit_edition,
    can_freeze_edition,
    can_prepare_edition,
    can_publish_edition,
    can_read_editions,
    can_share_edition,
)
from dossier.reader_home import readable_editions
from dossier.reading import picture_of
from dossier.services.editions import (
    deposit_edition,
    freeze_edition,
    print_version,
    publish_edition,
    submit_edition,
    withdraw_edition,
)
from dossier.snapshots import check_digest, check_file, check_pictures, read_snapshot
from dossier.views.pictures import kept_picture

EDITIONS_A_PAGE = 20


@require_GET
def edition_list(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_read_editions(request.user, candidacy))
    if not is_staff(request.user, candidacy):
        published = Paginator(readable_editions(candidacy, request.user), EDITIONS_A_PAGE)
        context = {"page": published.get_page(request.GET.get("page"))}
        return render(request, "dossier/edition_list_readers.html", context)
    open_publications = Prefetch(
        "publications", EditionPublication.objects.open().select_related("file"), to_attr="open_publications"
    )
    editions = (
        candidacy.editions.without_snapshot()
        .newest_first()
        .select_related("author", "meeting__committee")
        .prefetch_related(open_publications, "files")
    )
    page = Paginator(editions, EDITIONS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "dossier/edition_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
def edition_create(request: AppRequest, slug: str) -> HttpResponse:
    candidacy = candidacy_for(request, slug)
    require(can_freeze_edition(request.user, candidacy))
    form = EditionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            frozen = freeze_edition(
                candidacy=candidacy,
                label=form.cleaned_data["label"],
                note=form.cleaned_data["note"],
                by=request.user,
            )
        except (DomainError, ValidationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            _tell_frozen(request, frozen.edition, frozen.same_as)
            return redirect("dossier:edition-detail", slug, frozen.edition.public_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "dossier/edition_create.html", {"form": form}, status=status)


def _tell_frozen(request: AppRequest, edition: Edition, same_as: Edition | None) -> None:
    messages.success(request, _("L’édition %(number)d est figée.") % {"number": edition.number})
    if same_as is not None:
        messages.info(
            request,
            _("Son contenu est exactement celui de l’édition %(number)d : rien n’a changé entre les deux.")
            % {"number": same_as.number},
        )


@require_GET
def edition_detail(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    edition = edition_of(request, slug, public_id)
    if not is_staff(request.user, edition.candidacy):
        publication = get_object_or_404(readable_editions(edition.candidacy, request.user), edition=edition)
        context = {
            "edition": edition,
            "publication": publication,
            "filename": edition_filename(edition, publication.file),
        }
        return render(request, "dossier/edition_read.html", context)
    context = {
        "edition": edition,
        "page": read_edition_page(edition),
        "can_publish": can_publish_edition(request.user, edition),
        "can_share": can_share_edition(request.user, edition),
    }
    return render(request, "dossier/edition_detail.html", context)


@require_POST
def edition_print(request: AppRequest, slug: str, public_id: UUID, variant: str) -> HttpResponse:
    edition = edition_of(request, slug, public_id)
    require(can_prepare_edition(request.user, edition))
    print_version(edition=edition, variant=_variant(variant), by=request.user)
    return redirect("dossier:edition-detail", slug, public_id)


@require_http_methods(["GET", "POST"])
def edition_submit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    edition = edition_of(request, slug, public_id)
    require(can_prepare_edition(request.user, edition))
    form = SubmissionForm(
        request.POST or None, candidacy=edition.candidacy, initial={"meeting": edition.meeting_id}
    )
    if request.method == "POST" and form.is_valid():
        try:
            submit_edition(edition=edition, meeting=form.cleaned_data["meeting"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("L’édition est soumise à cette réunion."))
            return redirect("dossier:edition-detail", slug, public_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "dossier/edition_submit.html", {"form": form, "edition": edition}, status=status)


@require_http_methods(["GET", "POST"])
def edition_deposit(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Show what the deposit lacks to those who prepare it; the lead may declare it, giving reasons for the rest."""
    edition = edition_of(request, slug, public_id)
    require(can_prepare_edition(request.user, edition))
    can_deposit = can_deposit_edition(request.user, edition)
    if request.method == "POST":
        require(can_deposit)
    if edition.is_deposited:
        messages.info(request, _("Cette édition est déjà déposée."))
        return redirect("dossier:edition-detail", slug, public_id)
    form = DepositForm(request.POST if request.method == "POST" else None, findings=assess_deposit(edition))
    if request.method == "POST" and form.is_valid():
        try:
            deposit_edition(edition=edition, by=request.user, reasons=form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("L’édition %(number)d est déposée.") % {"number": edition.number})
            return redirect("dossier:edition-detail", slug, public_id)
    context = {
        "edition": edition,
        "form": form,
        "link_progress": progress_of(edition.candidacy),
        "can_deposit": can_deposit,
        "unmet": sum(not finding.is_met for finding in form.findings),
        "is_printed": edition.files.filter(variant=EditionFile.Variant.FULL).exists(),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "dossier/edition_deposit.html", context, status=status)


@require_POST
def edition_publish(request: AppRequest, slug: str, public_id: UUID, variant: str) -> HttpResponse:
    edition = edition_of(request, slug, public_id)
    require(can_publish_edition(request.user, edition))
    try:
        publish_edition(edition=edition, variant=_variant(variant), by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("L’édition est publiée : les élus et les observateurs peuvent la lire."))
    return redirect("dossier:edition-detail", slug, public_id)


@require_POST
def edition_withdraw(request: AppRequest, slug: str, public_id: UUID) -> HttpResponse:
    edition = edition_of(request, slug, public_id)
    require(can_publish_edition(request.user, edition))
    withdraw_edition(edition=edition, by=request.user)
    messages.success(request, _("L’édition n’est plus visible que de l’équipe."))
    return redirect("dossier:edition-detail", slug, public_id)


@require_safe
def edition_download(request: AppRequest, slug: str, public_id: UUID, variant: str) -> FileResponse:
    return _file_response(request, slug, public_id, variant, as_attachment=True)


# The reader's own page shows the PDF in a frame. The policy of a page would forbid the browser's PDF viewer.
@xframe_options_sameorigin
@csp({"frame-ancestors": [SELF]})  # type: ignore[arg-type]  # typed for views without arguments
@require_safe
def edition_read(request: AppRequest, slug: str, public_id: UUID, variant: str) -> FileResponse:
    return _file_response(request, slug, public_id, variant, as_attachment=False)


@require_GET
def edition_compare(request: AppRequest, slug: str) -> HttpResponse:
    """Show what changed from one edition to another; without a choice, between the last two."""
    candidacy = candidacy_for(request, slug)
    require(can_compare_editions(request.user, candidacy))
    editions = list(candidacy.editions.without_snapshot().newest_first())
    form = EditionPairForm(request.GET, editions=editions)
    before, after = form.pair
    form.show(before, after)
    context: dict[str, Any] = {"form": form, "editions": editions, "before": before, "after": after}
    if before is not None and after is not None:
        contents = [read_snapshot(edition) for edition in _whole(candidacy, before, after)]
        context["comparison"] = compare(*contents)
        # All else that texts name was put into words, each edition with its own values.
        addresses = [partial(_picture_address, edition) for edition in (before, after)]
        context["mentions"] = pictures_of(*zip(contents, addresses, strict=True))
    return render(request, "dossier/edition_compare.html", context)


def _picture_address(edition: Edition, picture: UUID) -> str:
    slug = edition.candidacy.slug
    return reverse("dossier:edition-picture", args=[slug, edition.public_id, picture])


@require_safe
def edition_picture(request: AppRequest, slug: str, public_id: UUID, picture_id: UUID) -> HttpResponseBase:
    """Serve a picture as an edition holds it to those who compare editions."""
    edition = edition_of(request, slug, public_id)
    require(can_compare_editions(request.user, edition.candidacy))
    stored = picture_of(edition, EditionFile.Variant.FULL, picture_id)
    if stored is None or not stored.content_type:
        raise Http404
    check_pictures(edition, [stored])
    return kept_picture(request, stored.stored_name, stored.content_type, stored.sha256)


def _whole(candidacy: Candidacy, *chosen: Edition) -> list[Edition]:
    """Return the editions again, with their frozen content, in one query."""
    whole = candidacy.editions.in_bulk([edition.pk for edition in chosen])
    return [whole[edition.pk] for edition in chosen]


def edition_of(request: AppRequest, slug: str, public_id: UUID) -> Edition:
    candidacy = candidacy_for(request, slug)
    editions = candidacy.editions.visible_to(request.user).select_related(
        "candidacy", "author", "meeting__committee", "deposited_by"
    )
    edition = get_object_or_404(editions, public_id=public_id)
    check_digest(edition)
    return edition


def _variant(name: str) -> str:
    if name not in EditionFile.Variant.values:
        raise Http404
    return name


def _file_response(
    request: AppRequest, slug: str, public_id: UUID, variant: str, *, as_attachment: bool
) -> FileResponse:
    candidacy = candidacy_for(request, slug)
    files = EditionFile.objects.visible_to(request.user).select_related("edition__candidacy")
    file = get_object_or_404(
        files.filter(edition__candidacy=candidacy), edition__public_id=public_id, variant=variant
    )
    check_digest(file.edition)
    check_file(file)
    return pdf_response(file.file, edition_filename(file.edition, file), as_attachment=as_attachment)


def edition_filename(edition: Edition, file: EditionFile) -> str:
    """Name the file as one would: « Dossier de candidature – Lens-Liévin – édition 3 (version publique).pdf »."""
    title = edition.candidacy.title.replace("/", "-").replace("\\", "-")
    name = _("Dossier de candidature – %(title)s – édition %(number)d") % {
        "title": title,
        "number": edition.number,
    }
    if file.variant == EditionFile.Variant.FULL:
        return f"{name}.pdf"
    return f"{name} ({file.get_variant_display().replace('/', '-')}).pdf"
