"""What a reading link opens: the edition, whole and frozen, for somebody without an account, and nothing else."""

import logging
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from dossier.models import (
    EditionFile,
    MarkedCopy,
    ReaderApproval,
    ReadingLink,
    ReadingLinkOpening,
    Section,
)
from dossier.reading_log import device_of
from dossier.services.reading import MAX_REMARKS
from dossier.tasks import forget_outlived_openings
from notifications.models import OutboundMessage
from tests.dossier.test_altered_editions import alter
from tests.factories import (
    make_candidacy,
    make_edition,
    make_edition_file,
    make_expense_line,
    make_member,
    make_picture,
    make_plan,
    make_reading_link,
    make_section,
    make_user,
)

Kind = ReadingLinkOpening.Kind
Variant = EditionFile.Variant
TABLET = "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"
#: A file that a name can be put on.
PDF = Path(__file__).parents[1] / "browser" / "sample.pdf"
#: What was asked for, and which copies in a reader's name were handed out.
THE_LOG = {ReadingLinkOpening, MarkedCopy}
NAMES = ("reading-page", "reading-pdf", "reading-download", "reading-theme")
DEEDS = ("reading-open", "reading-remark", "reading-approve")


def address(name, link, *more):
    return reverse(f"dossier:{name}", args=[link if isinstance(link, str) else link.token, *more])


def kinds(link):
    return sorted(link.openings.values_list("kind", flat=True))


def figure(candidacy, picture):
    source = f"/c/{candidacy.slug}/dossier/images/{picture.public_id}/"
    return f'<figure><img src="{source}" alt=""></figure>'


def make_bid(**section):
    candidacy = make_candidacy(title="Remonter au jour")
    part = make_section(candidacy=candidacy, key="projet", title="Le projet")
    make_section(
        candidacy=candidacy,
        parent=part,
        key="vision",
        **{"title": "Vision", "body": "<h2>Un élan</h2><p>Une phrase figée.</p>", **section},
    )
    return candidacy


# --- the text ----------------------------------------------------------------------------------------


def test_the_page_shows_the_frozen_text_beside_its_contents(client):
    candidacy = make_bid()
    part = candidacy.sections.get(key="projet")
    make_section(candidacy=candidacy, parent=part, key="programme", body="<p>Une seconde section.</p>")
    link = make_reading_link(edition=make_edition(candidacy=candidacy, label="COPIL"), reader_name="Paul Roy")
    Section.objects.filter(key="vision").update(body="<p>Écrit depuis.</p>", title="Renommée")

    page = client.get(address("reading-page", link))

    assert page.status_code == 200
    assert "Une phrase figée." in page.text
    assert "Une seconde section." in page.text
    assert "Écrit depuis." not in page.text
    assert 'href="#section-vision"' in page.text
    assert 'id="section-vision"' in page.text
    assert "Exemplaire de lecture de Paul Roy" in page.text
    assert link.edition.content_digest in page.text
    # The page has one title of the first level: those of the texts come below it.
    assert page.text.count("<h1") == 1
    assert "<h4>Un élan</h4>" in page.text


def test_the_chapters_made_of_live_data_are_those_of_the_edition(client):
    candidacy = make_bid(kind="funding_plan")
    plan = make_plan(candidacy=candidacy)
    line = make_expense_line(plan=plan, label="Concerts", amounts={2029: 120_000})
    link = make_reading_link(edition=make_edition(candidacy=candidacy))
    line.amounts.update(amount=1)

    page = client.get(address("reading-page", link)).text

    assert "120 000" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "<svg" in page
    assert '<table tabindex="0"' in page


def test_the_pictures_are_those_that_the_reader_s_texts_show(client):
    candidacy = make_candidacy()
    shown, hidden, unused = (make_picture(candidacy=candidacy, alternative_text=f"Image {n}") for n in "abc")
    make_section(candidacy=candidacy, key="vue", body=figure(candidacy, shown))
    make_section(candidacy=candidacy, key="cachee", body=figure(candidacy, hidden), is_confidential=True)
    edition = make_edition(candidacy=candidacy)
    link = make_reading_link(edition=edition, variant=Variant.PUBLIC)
    whole = make_reading_link(edition=edition)

    page = client.get(address("reading-page", link)).text
    picture = client.get(address("reading-picture", link, shown.public_id))

    assert f'src="{address("reading-picture", link, shown.public_id)}" alt="Image a"' in page
    assert picture["Content-Type"] == "image/jpeg"
    with shown.file.open() as stored:
        assert picture.content == stored.read()
    assert client.get(address("reading-picture", whole, hidden.public_id)).status_code == 200
    for other in (hidden, unused, make_picture()):
        assert client.get(address("reading-picture", link, other.public_id)).status_code == 404


def test_a_picture_that_was_gone_when_the_edition_was_frozen_leaves_a_notice(client):
    candidacy = make_candidacy()
    picture = make_picture(candidacy=candidacy)
    make_section(candidacy=candidacy, body=figure(candidacy, picture))
    picture.delete()
    link = make_reading_link(edition=make_edition(candidacy=candidacy))

    page = client.get(address("reading-page", link)).text

    assert "image retirée" in page
    assert "dossier.invalid" not in page


def test_the_public_version_keeps_what_is_confidential_to_itself(client):
    candidacy = make_bid(is_confidential=True, body="<p>Un secret bien gardé.</p>")
    edition = make_edition(candidacy=candidacy)
    public = make_reading_link(edition=edition, variant=Variant.PUBLIC)
    whole = make_reading_link(edition=edition)

    assert "Un secret bien gardé." not in client.get(address("reading-page", public)).text
    assert "Un secret bien gardé." in client.get(address("reading-page", whole)).text


@pytest.mark.parametrize("status", ["draft", "submitted", "deposited"])
def test_editions_of_every_state_are_read(client, status):
    edition = make_edition(candidacy=make_bid())
    link = make_reading_link(edition=edition)
    values = {"status": status}
    if status == "deposited":
        values |= {"deposited_at": timezone.now(), "deposited_by": edition.author}
    if status != "submitted":
        type(edition).objects.filter(pk=edition.pk).update(**values)

    assert client.get(address("reading-page", link)).status_code == 200


def test_without_a_print_the_text_is_read_and_there_is_no_pdf(client):
    link = make_reading_link(edition=make_edition(candidacy=make_bid(), content=False))

    page = client.get(address("reading-page", link)).text

    assert "Une phrase figée." in page
    assert "pas encore imprimé" in page
    assert address("reading-download", link) not in page
    assert client.get(address("reading-download", link)).status_code == 404


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_costs_the_same_for_any_number_of_sections_and_remarks(
    client, count, django_assert_num_queries
):
    candidacy = make_bid()
    for _ in range(count):
        make_section(candidacy=candidacy, body=figure(candidacy, make_picture(candidacy=candidacy)))
    link = make_reading_link(edition=make_edition(candidacy=candidacy))
    for n in range(count):
        client.post(address("reading-remark", link), {"body": f"Remarque {n}", "public_id": _uuid(n)})
    assert link.remarks.count() == count
    client.get(address("reading-page", link))  # its line in the log is written: the next minute adds none

    # Link; the log; the file; remarks.
    with django_assert_num_queries(4):
        client.get(address("reading-page", link))


def _uuid(n):
    return f"00000000-0000-4000-8000-{n:012d}"


# --- the file ----------------------------------------------------------------------------------------


def test_the_pdf_is_the_stored_one_where_no_mark_is_asked_for(client):
    edition = make_edition(candidacy=make_bid(), content=b"%PDF-1.7 tout")
    make_edition_file(edition=edition, variant=Variant.PUBLIC, content=b"%PDF-1.7 public")
    link = make_reading_link(edition=edition, is_watermarked=False)
    public = make_reading_link(edition=edition, is_watermarked=False, variant=Variant.PUBLIC)

    shown, kept = (client.get(address(name, link)) for name in ("reading-pdf", "reading-download"))

    assert shown.content == kept.content == b"%PDF-1.7 tout"
    assert client.get(address("reading-pdf", public)).content == b"%PDF-1.7 public"
    assert shown["Content-Disposition"].startswith("inline")
    assert kept["Content-Disposition"].startswith("attachment")


def test_a_copy_that_cannot_be_marked_is_not_handed_over_unmarked(client, caplog):
    link = make_reading_link(edition=make_edition(candidacy=make_bid(), content=b"%PDF-1.7 casse"))

    response = client.get(address("reading-pdf", link))

    assert response.status_code == 503
    assert b"%PDF" not in response.content
    assert "could not be marked" in caplog.text


# --- what every answer says ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("token", ["live", "unknown"])
def test_no_cache_keeps_it_no_engine_lists_it_and_no_other_site_learns_of_it(client, name, token):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()), is_watermarked=False)

    response = client.get(address(name, link if token == "live" else "inconnu"))

    assert {"no-store", "private"} <= set(response["Cache-Control"].replace(" ", "").split(","))
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_reader_gets_no_cookie_and_needs_none(client):
    edition = make_edition(candidacy=make_bid())
    link = make_reading_link(edition=edition, may_approve=True)
    client.get(address("reading-page", link))
    for name in DEEDS:
        client.post(address(name, link), {"body": "Merci.", "public_id": _uuid(1)})

    assert not client.cookies


def test_the_forms_work_under_the_check_that_refuses_forged_requests(client):
    client.handler.enforce_csrf_checks = True
    link = make_reading_link(edition=make_edition(candidacy=make_bid()), may_approve=True)

    same = client.post(address("reading-approve", link), headers={"Sec-Fetch-Site": "same-origin"})

    assert same.status_code == 302
    assert ReaderApproval.objects.filter(link=link).exists()


@pytest.mark.parametrize("origin", ["cross-site", "same-site", "none"])
@pytest.mark.parametrize("name", DEEDS)
def test_a_request_that_another_site_makes_changes_nothing(client, name, origin):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()), may_approve=True)
    data = {"body": "Faux.", "public_id": _uuid(1)}

    response = client.post(address(name, link), data, headers={"Sec-Fetch-Site": origin})

    assert response.status_code == 403
    assert not link.openings.exists()
    assert not link.remarks.exists()
    assert not ReaderApproval.objects.exists()


@pytest.mark.parametrize("name", [*NAMES, *DEEDS])
def test_unknown_expired_and_revoked_links_get_one_and_the_same_answer(client, name):
    edition = make_edition(candidacy=make_bid())
    now = timezone.now()
    expired = make_reading_link(edition=edition, expires_at=now - timedelta(seconds=1), may_approve=True)
    revoked = make_reading_link(edition=edition, revoked_at=now, may_approve=True)
    ask = client.post if name in DEEDS else client.get

    answers = [ask(address(name, link)) for link in ("inconnu", "é" * 300, expired, revoked)]

    assert {answer.status_code for answer in answers} == {404}
    (text,) = {answer.text for answer in answers}
    assert "Ce lien n’ouvre rien" in text
    assert "Demandez un nouveau lien" in text
    for hidden in (edition.label, edition.candidacy.title, escape(expired.reader_name)):
        assert hidden not in text
    assert not ReadingLinkOpening.objects.exists()


def test_the_link_of_one_edition_opens_no_other(client):
    own, other = make_edition(candidacy=make_bid()), make_edition(candidacy=make_bid())
    link = make_reading_link(edition=own)

    page = client.get(address("reading-page", link)).text

    assert own.content_digest in page
    assert other.candidacy.slug not in page


def test_the_token_is_cut_out_of_the_logs(client, monkeypatch):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()), revoked_at=timezone.now())
    (handler,) = (
        handler
        for handler in logging.getLogger().handlers
        if any("Secret" in str(f) for f in handler.filters)
    )
    written = StringIO()
    monkeypatch.setattr(handler, "stream", written)

    client.get(address("reading-page", link))

    assert "/lecture/…/" in written.getvalue()
    assert link.token not in written.getvalue()


# --- who counts as a reader ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_following_the_link_is_no_reading(client, method):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()), is_watermarked=False)

    for name in NAMES:
        response = getattr(client, method)(address(name, link), headers={"User-Agent": "SafeLinks"})
        assert response.status_code == 200

    assert kinds(link) == [Kind.FETCHED]
    assert link.openings.get().device == "program"


@pytest.mark.parametrize("is_watermarked", [False, True])
@pytest.mark.parametrize("name", [*NAMES, "reading-open", "reading-approve", "reading-remark"])
def test_opening_a_link_changes_nothing_but_the_log(client, name, is_watermarked):
    edition = make_edition(candidacy=make_bid())
    make_edition_file(edition=edition, variant=Variant.PUBLIC, content=PDF.read_bytes())
    link = make_reading_link(edition=edition, variant=Variant.PUBLIC, is_watermarked=is_watermarked)
    before = _rows()

    client.get(address(name, link))  # what is asked for by POST alone included

    assert _rows() == before
    hands_out = is_watermarked and name in {"reading-pdf", "reading-download"}
    assert link.copies.count() == int(hands_out)


def _rows():
    return {
        model: model.objects.count()
        for model in (ReaderApproval, OutboundMessage, *(rel.related_model for rel in _relations()))
        if model not in THE_LOG
    }


def _relations():
    return ReadingLinkOpening._meta.get_field("link").related_model._meta.related_objects


def test_a_hand_on_the_page_is_a_reading_and_a_download_after_it_is_one(client):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()), is_watermarked=False)

    client.get(address("reading-download", link))  # a program that follows every link of the page
    told = client.post(
        address("reading-open", link), headers={"User-Agent": TABLET, "Accept": "application/json"}
    )
    client.get(address("reading-download", link), headers={"User-Agent": TABLET})

    assert told.status_code == 204
    assert kinds(link) == [Kind.DOWNLOADED, Kind.FETCHED, Kind.OPENED]
    assert link.openings.get(kind=Kind.OPENED).device == "tablet"


def test_without_a_script_a_button_says_that_one_opens_the_dossier(client):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()))

    page = client.get(address("reading-page", link)).text
    noted = client.post(address("reading-open", link), follow=True)

    assert "Ouvrir le dossier" in page[page.index("<noscript>") : page.index("</noscript>")]
    assert "C’est noté." in noted.text
    assert Kind.OPENED in kinds(link)


def test_a_program_that_asks_again_and_again_makes_one_line_a_minute(client):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()))
    for _ in range(5):
        client.get(address("reading-page", link))
    link.openings.update(at=timezone.now() - timedelta(minutes=2))
    client.get(address("reading-page", link))

    assert kinds(link) == [Kind.FETCHED, Kind.FETCHED]


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (TABLET, "tablet"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/126 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126 Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Firefox/128.0", "computer"),
        ("BarracudaCentral (http://www.barracudacentral.org)", "program"),
        ("", "program"),
    ],
)
def test_of_the_device_its_sort_alone_is_kept(agent, device):
    assert device_of(agent) == device


def test_the_log_forgets_after_a_year():
    link = make_reading_link()
    for days in (364, 366):
        ReadingLinkOpening.objects.create(
            link=link, kind=Kind.OPENED, device="tablet", at=timezone.now() - timedelta(days=days)
        )

    forget_outlived_openings()

    assert [(timezone.now() - opening.at).days for opening in link.openings.all()] == [364]


# --- remarks and approval -----------------------------------------------------------------------------


@pytest.fixture
def shared():
    """A link that allows everything, to an edition whose candidacy has two leads."""
    candidacy = make_bid()
    leads = [make_member(candidacy=candidacy).user for _ in range(2)]
    link = make_reading_link(edition=make_edition(candidacy=candidacy), may_approve=True)
    return link, leads


def test_a_remark_reaches_each_lead_with_its_place(client, shared):
    link, leads = shared
    data = {"body": "Trop long.", "place": "section-vision", "page": "12", "public_id": _uuid(7)}

    page = client.post(address("reading-remark", link), data, follow=True)
    client.post(address("reading-remark", link), data)  # sent twice

    remark = link.remarks.get()
    assert (remark.body, remark.place, remark.page) == ("Trop long.", "1.1 Vision", 12)
    assert "Votre remarque est transmise." in page.text
    assert "Trop long." in page.text
    planned = OutboundMessage.objects.filter(kind="reader-remark")
    assert {row.recipient_key for row in planned} == {f"user:{lead.public_id}" for lead in leads}


@pytest.mark.parametrize(
    ("data", "said", "tied"),
    [
        ({"body": " "}, "obligatoire", "id_body_error"),
        ({"body": "x" * 4001}, "4000", "id_body_error"),
        ({"body": "À garder", "page": "zéro"}, "À garder", "id_page_helptext id_page_error"),
        ({"body": "À garder", "place": "section-ailleurs"}, "À garder", "id_place_error"),
    ],
)
def test_a_remark_that_cannot_be_kept_is_handed_back(client, shared, data, said, tied):
    link, _leads = shared

    page = client.post(address("reading-remark", link), {"public_id": _uuid(1), **data})

    assert page.status_code == 422
    assert said in page.text
    assert f'aria-describedby="{tied}"' in page.text
    assert f'id="{tied.split()[-1]}"' in page.text
    assert not link.remarks.exists()


def _expire(link):
    ReadingLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())


def _revoke(link):
    ReadingLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())


def _alter(link):
    alter(link.edition)


@pytest.mark.parametrize(("happens", "status"), [(_expire, 404), (_revoke, 404), (_alter, 409)])
def test_a_remark_that_comes_too_late_is_handed_back(client, shared, happens, status):
    link, _leads = shared
    happens(link)
    data = {"body": "Une heure de lecture.\n<b>Gras</b>", "public_id": _uuid(1)}

    page = client.post(address("reading-remark", link), data)
    foreign = client.post(address("reading-remark", link), data, headers={"Sec-Fetch-Site": "cross-site"})

    assert page.status_code == status
    assert "Une heure de lecture.<br>&lt;b&gt;Gras&lt;/b&gt;" in page.text
    # What another site made the browser send is shown on none of our pages.
    assert "Une heure de lecture." not in foreign.text
    assert "n’est pas transmise" not in client.get(address("reading-page", link)).text
    assert not link.remarks.exists()


def test_a_link_that_allows_no_remark_takes_none(client):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()), may_comment=False)

    page = client.get(address("reading-page", link)).text
    refused = client.post(address("reading-remark", link), {"body": "Non.", "public_id": _uuid(1)})

    assert "Vos remarques" not in page
    assert refused.status_code == 422
    assert not link.remarks.exists()


def test_there_is_an_end_to_remarks(client, shared):
    link, _leads = shared
    for n in range(MAX_REMARKS):
        link.remarks.create(body="Encore.", public_id=_uuid(n))

    page = client.post(address("reading-remark", link), {"body": "Trop.", "public_id": _uuid(999)})

    assert "déjà écrit cent remarques" in page.text
    assert link.remarks.count() == MAX_REMARKS


def test_approving_is_a_button_and_is_recorded_once(client, shared):
    link, leads = shared
    page = client.get(address("reading-page", link)).text
    assert not ReaderApproval.objects.exists()

    after = client.post(address("reading-approve", link), follow=True)
    first = ReaderApproval.objects.get()
    client.post(address("reading-approve", link))

    assert "Oui, j’approuve" in page
    assert "Vous avez approuvé l’édition 1" in after.text
    assert "Oui, j’approuve" not in after.text
    assert ReaderApproval.objects.get() == first
    assert (first.reader_name, first.content_digest) == (link.reader_name, link.edition.content_digest)
    assert OutboundMessage.objects.filter(kind="reader-approval").count() == len(leads)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (
            "reading-remark",
            {"body": "Trop long.", "place": "section-vision", "page": "12", "public_id": _uuid(7)},
        ),
        ("reading-approve", {}),
    ],
)
def test_who_writes_or_approves_has_opened_the_dossier(client, shared, name, data):
    link, _leads = shared

    for _ in range(2):
        client.post(address(name, link), data)

    assert link.openings.filter(kind=Kind.OPENED).count() == 1


def test_a_link_that_asks_for_no_approval_takes_none(client):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()))

    page = client.get(address("reading-page", link)).text
    refused = client.post(address("reading-approve", link))

    assert "Approuver" not in page
    assert refused.status_code == 403
    assert not ReaderApproval.objects.exists()


def test_somebody_signed_in_is_a_reader_like_the_others(client):
    link = make_reading_link(edition=make_edition(candidacy=make_bid()))
    client.force_login(make_user())

    assert client.get(address("reading-page", link)).status_code == 200
