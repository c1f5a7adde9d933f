"""What a reading link opens, for a person without an account, a session or a cookie: see core/addressed.py."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from candidacy.theme import theme_response
from core.addressed import for_whoever_knows_the_address, is_sent_from_elsewhere
from core.errors import DomainError
from core.pdf import PdfError
from core.secret_addresses import digest_of_token
from dossier.models import EditionFile, ReadingLink, ReadingLinkOpening
from dossier.reading import ReadingText, picture_of, read_text
from dossier.reading_forms import RemarkForm
from dossier.reading_log import device_of
from dossier.services.reading import approve_edition, leave_remark, note_copy, note_opening
from dossier.snapshots import AlteredEditionError, check_digest, check_file, check_pictures
from dossier.views.editions import edition_filename
from dossier.watermark import marked_copy

logger = logging.getLogger(__name__)

Kind = ReadingLinkOpening.Kind
ReaderView = Callable[..., HttpResponseBase]


def _for_readers(view: Callable[..., HttpResponseBase]) -> ReaderView:
    """Hand the link of the address to ``view``; unknown, expired and revoked ones get the same answer."""

    @for_whoever_knows_the_address
    @wraps(view)
    def answer(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        link = _link(token)
        if link is None:
            return render(request, "dossier/reading_closed.html", _handed_back(request), status=404)
        candidacy = link.edition.candidacy
        if is_sent_from_elsewhere(request):
            context = {"token": token, "candidacy": candidacy}
            return render(request, "dossier/reading_refused.html", context, status=403)
        timezone.activate(candidacy.zone)
        try:
            check_digest(link.edition)
            return view(request, token, link, **kwargs)
        except Http404:
            return render(request, "dossier/reading_closed.html", _handed_back(request), status=404)
        except AlteredEditionError as error:
            context = {"reason": str(error), "candidacy": candidacy, **_handed_back(request)}
            return render(request, "dossier/reading_altered.html", context, status=409)

    return answer


def _handed_back(request: HttpRequest) -> dict[str, str]:
    """Return the remark that was sent where none is taken any more, for its reader to keep."""
    return {"typed": "" if is_sent_from_elsewhere(request) else request.POST.get("body", "").strip()}


def _link(token: str) -> ReadingLink | None:
    """Look for the digest: how long that takes says nothing about the address."""
    live = ReadingLink.objects.live(timezone.now()).filter(token_sha256=digest_of_token(token))
    return live.select_related("edition__candidacy", "approval").first()


@_for_readers
@require_safe
def reading_page(request: HttpRequest, token: str, link: ReadingLink) -> HttpResponse:
    """Show the edition. That changes nothing but the log, where it counts as a request and not as a reader."""
    _note(request, link, Kind.FETCHED)
    return _page(request, token, link, RemarkForm(initial={"public_id": uuid4()}, places={}))


@_for_readers
@require_POST
def reading_open(request: HttpRequest, token: str, link: ReadingLink) -> HttpResponse:
    """Take note that a person has the page before them: a hand has touched it, or pressed the button."""
    _note(request, link, Kind.OPENED)
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    return redirect(f"{reverse('dossier:reading-page', args=[token])}?ouvert#texte")


@_for_readers
@require_safe
def reading_pdf(request: HttpRequest, token: str, link: ReadingLink) -> HttpResponse:
    """Answer with the PDF for the page to draw."""
    return _pdf(link, as_attachment=False)


@_for_readers
@require_safe
def reading_download(request: HttpRequest, token: str, link: ReadingLink) -> HttpResponse:
    response = _pdf(link, as_attachment=True)
    if response.status_code == HTTPStatus.OK:
        _note(request, link, Kind.DOWNLOADED)
    return response


@_for_readers
@require_safe
def reading_picture(request: HttpRequest, token: str, link: ReadingLink, public_id: UUID) -> HttpResponse:
    stored = picture_of(link.edition, link.variant, public_id)
    if stored is None or not stored.content_type:
        raise Http404
    check_pictures(link.edition, [stored])
    try:
        with default_storage.open(stored.stored_name) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(
        content, content_type=stored.content_type, headers={"X-Content-Type-Options": "nosniff"}
    )


@_for_readers
@require_safe
def reading_theme(request: HttpRequest, token: str, link: ReadingLink) -> HttpResponse:
    return theme_response(link.edition.candidacy.accent_colour)


@_for_readers
@require_POST
def reading_remark(request: HttpRequest, token: str, link: ReadingLink) -> HttpResponse:
    text = _text(token, link, _file(link))
    form = RemarkForm(request.POST, places=text.places)
    if form.is_valid():
        try:
            leave_remark(
                link=link,
                body=form.cleaned_data["body"],
                place=text.places.get(form.cleaned_data["place"], ""),
                page=form.cleaned_data["page"],
                public_id=form.cleaned_data["public_id"],
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            _note_reader(request, link)
            return redirect(f"{reverse('dossier:reading-page', args=[token])}?remarque#remarques")
    return _page(request, token, link, form, text=text, status=422)


@_for_readers
@require_POST
def reading_approve(request: HttpRequest, token: str, link: ReadingLink) -> HttpResponse:
    try:
        approve_edition(link=link)
    except DomainError as error:
        context = {"token": token, "candidacy": link.edition.candidacy, "reason": str(error)}
        return render(request, "dossier/reading_refused.html", context, status=403)
    _note_reader(request, link)
    return redirect(f"{reverse('dossier:reading-page', args=[token])}#approbation")


def _page(
    request: HttpRequest,
    token: str,
    link: ReadingLink,
    form: RemarkForm,
    *,
    text: ReadingText | None = None,
    status: int = 200,
) -> HttpResponse:
    file = _file(link)
    text = text or _text(token, link, file)
    form.offer(text.places)
    context = {
        "token": token,
        "candidacy": link.edition.candidacy,
        "link": link,
        "edition": link.edition,
        "text": text,
        "file": file,
        "form": form,
        "remarks": link.remarks.in_order() if link.may_comment else (),
        "approval": getattr(link, "approval", None),
        "just_opened": "ouvert" in request.GET,
        "just_written": "remarque" in request.GET,
    }
    return render(request, "dossier/reading_page.html", context, status=status)


def _text(token: str, link: ReadingLink, file: EditionFile | None) -> ReadingText:
    def address(picture: str) -> str:
        return reverse("dossier:reading-picture", args=[token, picture])

    return read_text(link.edition, link.variant, picture_address=address, file=file)


def _file(link: ReadingLink) -> EditionFile | None:
    return link.edition.files.filter(variant=link.variant).select_related("edition").first()


def _pdf(link: ReadingLink, *, as_attachment: bool) -> HttpResponse:
    file = _file(link)
    if file is None:
        raise Http404
    check_file(file)
    try:
        with file.file.open("rb") as stored:
            content = stored.read()
    except FileNotFoundError as error:
        raise Http404 from error
    if link.is_watermarked:
        words = _("Exemplaire de lecture de %(name)s") % {"name": link.reader_name}
        try:
            content = marked_copy(content, words)
        except PdfError:
            logger.exception("the copy of a reader could not be marked")
            return HttpResponse(
                _("Le PDF n’a pas pu être préparé. Réessayez dans un moment."),
                status=503,
                content_type="text/plain; charset=utf-8",
            )
        note_copy(link=link, content=content)
    disposition = content_disposition_header(
        as_attachment=as_attachment, filename=edition_filename(link.edition, file)
    )
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": str(disposition)}
    )


def _note_reader(request: HttpRequest, link: ReadingLink) -> None:
    """Who writes or approves has opened the dossier, were they too quick for the page to tell."""
    if not link.openings.filter(kind=Kind.OPENED).exists():
        _note(request, link, Kind.OPENED)


def _note(request: HttpRequest, link: ReadingLink, kind: str) -> None:
    note_opening(link=link, kind=kind, device=device_of(request.headers.get("User-Agent", "")))
