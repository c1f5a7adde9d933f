"""Commenting through the pages: without JavaScript, and the parts that htmx brings."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidacy.models import Membership
from dossier.models import Audience, Comment, CommentThread, Section
from dossier.services.comments import resolve_thread, widen_audience, withdraw_comment
from tests.dossier.payloads import MARKUP, TEMPLATES
from tests.dossier.people import make_partner
from tests.factories import make_comment, make_member, make_organisation, make_section, make_thread, make_user

Role = Membership.Role
TEXT = "<p>La fosse ouvrira au printemps, puis les cantines du bassin minier.</p>"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def section():
    organisation = make_organisation(short_name="Fabrique")
    return make_section(
        candidacy=organisation.candidacy, organisation=organisation, body=TEXT, title="Vision"
    )


@pytest.fixture
def lead(section):
    return make_member(candidacy=section.candidacy).user


@pytest.fixture
def partner(section):
    return make_partner(organisation=section.organisation)


def address(name, section, *more):
    return reverse(f"dossier:{name}", args=[section.candidacy.slug, section.public_id, *more])


def of_thread(name, thread, *more):
    return address(name, thread.section, thread.public_id, *more)


def of_comment(name, comment):
    return of_thread(name, comment.thread, comment.public_id)


def written(**fields):
    return {"public_id": str(uuid4()), "body": "Un chiffre ?", "audience": "readers", **fields}


# --- Opening a thread -------------------------------------------------------------------------------


def test_a_passage_is_quoted_by_typing_it(client, section, lead):
    client.force_login(lead)

    response = client.post(
        address("thread-create", section), written(quote="les cantines du bassin", audience="team")
    )

    thread = CommentThread.objects.get()
    assert response.url == f"{address('section-detail', section)}#fil-{thread.public_id}"
    assert (thread.quote, thread.audience) == ("les cantines du bassin", Audience.TEAM)
    page = client.get(response.url).text
    assert f'<mark class="passage" data-threads="{thread.public_id}">les cantines du bassin</mark>' in page
    assert page.count("Un chiffre ?") == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"quote": "des mots qui n’y sont pas"}, "citez-le mot pour mot"),
        ({"quote": "x" * 1001}, "Citez un passage plus court"),
        ({"body": ""}, "Écrivez votre commentaire"),
        ({"body": "é" * 5001}, "5000"),
        ({"audience": "everybody"}, "everybody"),
        ({"told": ["00000000-0000-4000-8000-000000000000"]}, "Une personne cochée ne lit pas cette section."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_refused_is_explained_and_nothing_typed_is_lost(client, section, lead, wrong, told, headers):
    client.force_login(lead)
    typed = written(quote="La fosse", body="Ce que j’ai tapé") | wrong

    response = client.post(address("thread-create", section), typed, headers=headers)

    assert response.status_code == 422
    assert told in response.text
    for name in ("quote", "body"):
        assert typed[name] in response.text
    assert 'class="comment-form"' in response.text
    assert not CommentThread.objects.exists()


def test_the_form_of_a_new_comment_comes_when_it_is_asked_for(client, section, lead):
    client.force_login(lead)

    page = client.get(address("section-detail", section))
    asked = client.get(address("thread-create", section), headers=HTMX)
    alone = client.get(address("thread-create", section))

    assert 'name="body"' not in page.text
    assert address("thread-create", section) in page.text
    assert asked.text.lstrip().startswith('<form class="comment-form"')
    assert "</html>" in alone.text
    assert 'name="body"' in alone.text


def test_a_double_click_on_publish_makes_one_comment(client, section, lead):
    client.force_login(lead)
    form = client.get(address("thread-create", section)).context["thread_form"]
    data = written(public_id=form["public_id"].value())

    responses = [client.post(address("thread-create", section), data) for _ in range(2)]

    assert {response.status_code for response in responses} == {302}
    assert Comment.objects.count() == 1


def test_somebody_who_cannot_read_the_thread_is_not_told_of_it(client, section, lead, partner):
    client.force_login(lead)

    response = client.post(
        address("thread-create", section), written(audience="team", told=[str(partner.public_id)])
    )

    assert response.status_code == 422
    assert f"{partner} ne lit pas ce fil" in response.text
    assert not Comment.objects.exists()


def test_a_partner_is_offered_no_thread_of_the_team(client, section, partner):
    client.force_login(partner)

    page = client.get(address("thread-create", section))
    forced = client.post(address("thread-create", section), written(audience="team"))

    offered = [value for value, _label in page.context["thread_form"].fields["audience"].choices]
    assert offered == ["partner", "readers"]
    assert forced.status_code == 422
    assert not CommentThread.objects.exists()


def found_by(client, url, **asked):
    return client.get(url, asked, headers=HTMX).text


def asks_for_people(queries):
    return [query["sql"] for query in queries if "is_of_team" in query["sql"]]


def test_the_page_of_a_section_reads_nobody_who_may_be_told(client, section, lead, partner):
    client.force_login(lead)
    form = client.get(address("thread-create", section))

    with CaptureQueriesContext(connection) as read:
        page = client.get(address("section-detail", section))
    with CaptureQueriesContext(connection) as searched:
        found_by(client, address("section-people", section))

    assert asks_for_people(read) == []
    assert asks_for_people(searched)
    for response in (page, form):
        assert str(partner) not in response.text
    assert f'hx-get="{address("section-people", section)}"' in form.text


def test_the_people_found_are_those_who_read_the_section(client, section, lead, partner):
    neighbour = make_partner(candidacy=section.candidacy)
    elected = make_member(candidacy=section.candidacy, role=Role.ELECTED).user

    client.force_login(partner)
    found = found_by(client, address("section-people", section))
    client.force_login(lead)
    by_lead = found_by(client, address("section-people", section), audience="readers")
    in_team = found_by(client, address("section-people", section), audience="team")

    assert f'value="{lead.public_id}"' in found
    for person in (neighbour, elected, partner):
        assert str(person) not in found
    assert f"{partner} – Fabrique" in by_lead
    assert str(lead) not in by_lead
    assert str(partner) not in in_team


def test_a_partner_does_not_search_the_team_alone_by_asking_for_it(client, section, lead, partner):
    other = make_partner(organisation=section.organisation)
    client.force_login(partner)

    assert str(other) in found_by(client, address("section-people", section), audience="team")


def test_those_found_for_an_answer_read_the_thread(client, section, lead, partner):
    colleague = make_member(candidacy=section.candidacy, role=Role.TEAM).user
    client.force_login(lead)

    of_team = found_by(client, of_thread("thread-people", make_thread(section=section, audience="team")))
    of_all = found_by(client, of_thread("thread-people", make_thread(section=section)))

    assert str(colleague) in of_team
    assert str(partner) not in of_team
    assert str(partner) in of_all


@pytest.mark.parametrize("words", ["élo", "ELOI", "fèv", "lefe elo", "  éloïse  lefèvre "])
def test_a_name_is_found_by_the_beginnings_of_its_words(client, section, lead, words):
    for first, last in (("Éloïse", "Lefèvre"), ("Michel", "Fevrier"), ("Anne", "Boulet")):
        make_member(
            candidacy=section.candidacy, role=Role.TEAM, user=make_user(first_name=first, last_name=last)
        )
    client.force_login(lead)

    found = found_by(client, address("section-people", section), personne=words)

    assert ("Éloïse Lefèvre" in found) is (words != "fèv")
    assert ("Michel Fevrier" in found) is (words == "fèv")
    assert "Anne Boulet" not in found
    assert "1 personne." in found


def test_nobody_of_that_name(client, section, lead):
    client.force_login(lead)

    assert "Personne de ce nom" in found_by(client, address("section-people", section), personne="zzz")


def test_of_hundreds_twenty_are_shown_and_the_search_costs_the_same(client, section, lead):
    def cost(**asked):
        with CaptureQueriesContext(connection) as queries:
            found = found_by(client, address("section-people", section), **asked)
        return len(queries), found.count("data-person")

    client.force_login(lead)
    few = [make_member(candidacy=section.candidacy, role=Role.TEAM).user for _ in range(3)]
    assert cost() == (cost(personne="")[0], 3)
    before = cost()[0]
    for _ in range(27):
        make_member(candidacy=section.candidacy, role=Role.TEAM)

    assert cost() == (before, 20)
    assert "Les 20 premières personnes" in found_by(client, address("section-people", section))
    assert cost(told=[str(few[0].public_id), "oups"])[1] == 21


def test_who_is_ticked_stays_ticked_whatever_is_looked_for_next(client, section, lead, partner):
    client.force_login(lead)

    found = found_by(
        client, address("section-people", section), personne="zzz", told=[str(partner.public_id)]
    )

    box = re.search(rf'<input [^>]*value="{partner.public_id}"[^>]*>', found)[0]
    assert " checked" in box
    assert f'data-person="{partner}"' in box
    assert 'data-of-team="false"' in box
    assert " id=" not in box  # several forms of a page may find the same person
    assert found.count(" checked") == 1


def test_without_a_script_the_form_is_sent_to_look_for_a_name_and_keeps_what_is_typed(
    client, section, lead, partner
):
    client.force_login(lead)
    typed = written(quote="La fosse", body="Ce que j’ai tapé", audience="readers")

    shown = client.post(
        address("thread-create", section), {**typed, "personne": partner.last_name[:4], "chercher": "1"}
    )

    assert shown.status_code == 200
    for kept in ("La fosse", "Ce que j’ai tapé", f'value="{partner.public_id}"', 'class="comment-form"'):
        assert kept in shown.text
    assert shown.context["thread_form"]["audience"].value() == "readers"
    assert shown.context["thread_form"]["public_id"].value() == typed["public_id"]
    assert not Comment.objects.exists()


def test_an_answer_and_a_correction_look_for_a_name_without_a_script(client, section, lead, partner):
    thread = make_thread(section=section, author=lead, body="Avant.")
    comment = thread.comments.get()
    client.force_login(lead)
    typed = {"body": "Ce que j’ai tapé", "personne": "", "chercher": "1", "audience": "readers"}

    for url in (of_thread("thread-answer", thread), of_comment("comment-edit", comment)):
        shown = client.post(url, typed)
        assert shown.status_code == 200
        assert "Ce que j’ai tapé" in shown.text
        assert f'value="{partner.public_id}"' in shown.text
    assert [comment.body for comment in thread.comments.all()] == ["Avant."]


def test_a_correction_shows_who_was_told(client, section, lead, partner):
    comment = make_comment(thread=make_thread(section=section), author=lead, told=[partner])
    client.force_login(lead)

    shown = client.get(of_comment("comment-edit", comment)).text

    assert f'value="{partner.public_id}"' in shown
    assert shown.count(" checked") == 1


def test_a_section_without_text_is_commented_as_a_whole(client, section, lead):
    Section.objects.update(body="")
    client.force_login(lead)

    page = client.get(address("section-detail", section))
    client.post(address("thread-create", section), written())

    assert "Passage commenté" not in page.text
    assert "Sur toute la section" in client.get(address("section-detail", section)).text


def test_a_validated_section_is_commented_still(client, section, partner):
    Section.objects.update(status=Section.Status.VALIDATED)
    client.force_login(partner)

    assert client.post(address("thread-create", section), written()).status_code == 302


# --- Answering, correcting, withdrawing -------------------------------------------------------------


def test_a_thread_is_answered_on_a_page_of_its_own_without_script(client, section, lead, partner):
    thread = make_thread(section=section, author=partner, quote="La fosse")
    client.force_login(lead)

    form = client.get(of_thread("thread-answer", thread))
    response = client.post(
        of_thread("thread-answer", thread),
        {
            "public_id": form.context["form"]["public_id"].value(),
            "body": "Trois cents.",
            "audience": "readers",
        },
    )

    assert "La fosse" in form.text
    assert "hx-post" not in form.text
    assert response.url.endswith(f"#fil-{thread.public_id}")
    assert [comment.body for comment in thread.comments.in_order()] == ["Un commentaire.", "Trois cents."]


def test_an_answer_to_a_thread_that_was_widened_meanwhile_is_read_again(client, section, lead):
    thread = make_thread(section=section, audience=Audience.TEAM, author=lead)
    client.force_login(lead)
    data = {"public_id": str(uuid4()), "body": "Entre nous.", "audience": "team"}
    widen_audience(thread=thread, audience=Audience.READERS, by=lead)

    refused = client.post(of_thread("thread-answer", thread), data)
    again = data | {"audience": refused.context["form"]["audience"].value()}
    published = client.post(of_thread("thread-answer", thread), again)

    assert (refused.status_code, published.status_code) == (422, 302)
    assert "Entre nous." in refused.text
    assert "relisez-vous" in refused.text
    assert thread.comments.count() == 2


def test_an_answer_typed_while_the_thread_was_resolved_is_not_lost(client, section, lead):
    thread = make_thread(section=section)
    resolve_thread(thread=thread, by=lead)
    client.force_login(lead)

    response = client.post(of_thread("thread-answer", thread), written(body="Je disais"))

    assert response.status_code == 422
    assert "Je disais" in response.text
    assert "rouvrez-le" in response.text


def test_ones_comment_is_corrected_and_withdrawn(client, section, partner, lead):
    comment = make_thread(section=section, author=partner).comments.get()
    client.force_login(partner)

    form = client.get(of_comment("comment-edit", comment))
    client.post(of_comment("comment-edit", comment), written(body="Mieux dit", told=[str(lead.public_id)]))
    corrected = client.get(address("section-detail", section)).text
    client.post(of_comment("comment-withdraw", comment))
    withdrawn = client.get(f"{address('section-detail', section)}?fils=tous").text

    assert "Un commentaire." in form.text
    for told in ("Mieux dit", "modifié", f"Prévient\u00a0: {lead}"):
        assert told in corrected
    assert "Mieux dit" not in withdrawn
    assert "Commentaire retiré par la personne qui l’avait écrit" in withdrawn


def test_who_has_been_answered_is_told_and_keeps_what_they_typed(client, section, partner, lead):
    comment = make_thread(section=section, author=partner).comments.get()
    make_comment(thread=comment.thread, author=lead)
    client.force_login(partner)

    page = client.get(address("section-detail", section)).text
    edit = client.post(of_comment("comment-edit", comment), written(body="Trop tard"))
    withdraw = client.post(of_comment("comment-withdraw", comment), follow=True)

    assert of_comment("comment-edit", comment) not in page
    assert (edit.status_code, "Trop tard" in edit.text, "Quelqu’un a répondu" in edit.text) == (
        422,
        True,
        True,
    )
    assert "Quelqu’un a répondu" in withdraw.text
    comment.refresh_from_db()
    assert comment.body == "Un commentaire."


# --- Resolving, widening, filtering -----------------------------------------------------------------


def test_a_thread_is_resolved_and_reopened_with_names(client, section, lead, partner):
    thread = make_thread(section=section, author=lead)
    client.force_login(partner)

    client.post(of_thread("thread-resolve", thread))
    again = client.post(of_thread("thread-resolve", thread), follow=True).text
    opened = client.get(address("section-detail", section)).text
    resolved = client.get(f"{address('section-detail', section)}?fils=resolus").text
    client.post(of_thread("thread-reopen", thread))
    reopened = client.get(address("section-detail", section)).text

    assert "n’était déjà plus ouvert" in again
    assert "Un commentaire." not in opened
    assert f"Résolu par {partner}" in resolved
    assert f"Rouvert par {partner}" in reopened


def test_the_team_widens_and_the_thread_says_so(client, section, lead, partner):
    thread = make_thread(section=section, audience=Audience.TEAM, author=lead)
    client.force_login(lead)

    page = client.get(address("section-detail", section)).text
    client.post(of_thread("thread-widen", thread), {"audience": "partner"})
    client.force_login(partner)
    seen = client.get(address("section-detail", section)).text

    assert "Tout le fil sera lu" in page
    assert f"Ouvert par {lead}" in seen
    assert "Un commentaire." in seen
    assert "Ouvrir à d’autres" not in seen


@pytest.mark.parametrize("audience", ["team", "nobody", ""])
def test_a_thread_is_never_narrowed(client, section, lead, audience):
    thread = make_thread(section=section)
    client.force_login(lead)

    response = client.post(of_thread("thread-widen", thread), {"audience": audience})

    thread.refresh_from_db()
    assert response.status_code in {302, 400}
    assert thread.audience == Audience.READERS


def test_after_a_deed_one_comes_back_to_the_same_choice_of_threads(client, section, lead):
    thread = make_thread(section=section)
    client.force_login(lead)

    response = client.post(of_thread("thread-resolve", thread), {"fils": "tous"})
    odd = client.post(of_thread("thread-reopen", thread), {"fils": "//ailleurs"})

    assert "?fils=tous#fil-" in response.url
    assert odd.url == f"{address('section-detail', section)}#fil-{thread.public_id}"


def test_a_thread_opened_beside_the_resolved_ones_is_seen(client, section, lead):
    make_thread(section=section, status=CommentThread.Status.RESOLVED)
    client.force_login(lead)

    form = client.get(f"{address('thread-create', section)}?fils=resolus").context["thread_form"]
    response = client.post(
        address("thread-create", section), written(fils=form["fils"].value()), follow=True, headers={}
    )

    assert "Un chiffre ?" in response.text


# --- htmx -------------------------------------------------------------------------------------------


def test_htmx_gets_the_panel_the_marked_text_and_the_message(client, section, lead):
    client.force_login(lead)

    response = client.post(address("thread-create", section), written(quote="bassin minier"), headers=HTMX)

    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#commentaires", "outerHTML")
    assert "<html" not in response.text
    assert 'id="texte-lu" data-commented hx-swap-oob="true"' in response.text
    assert "bassin minier</mark>" in response.text
    assert "Votre commentaire est publié." in response.text
    thread = CommentThread.objects.get()
    assert f'data-thread="{thread.public_id}" autofocus' in response.text


def test_htmx_gets_the_form_of_an_answer_alone(client, section, lead):
    thread = make_thread(section=section)
    client.force_login(lead)

    response = client.get(of_thread("thread-answer", thread), headers=HTMX)
    refused = client.post(of_thread("thread-answer", thread), written(body=""), headers=HTMX)

    assert "<html" not in response.text
    assert f'hx-post="{of_thread("thread-answer", thread)}"' in response.text
    assert (refused.status_code, "<html" in refused.text) == (422, False)


def test_a_thread_that_leaves_the_list_sends_the_keyboard_to_its_heading(client, section, lead):
    thread = make_thread(section=section)
    client.force_login(lead)

    response = client.post(of_thread("thread-resolve", thread), {"fils": "ouverts"}, headers=HTMX)

    assert 'id="commentaires-titre" tabindex="-1" autofocus' in response.text


# --- A thread of the team does not exist for a partner ----------------------------------------------


@pytest.mark.parametrize("who", ["partner", "neighbour"])
def test_no_address_leads_a_partner_to_a_thread_of_the_team(client, section, lead, partner, who):
    thread = make_thread(
        section=section, audience=Audience.TEAM, author=lead, body="Entre nous.", quote="La fosse"
    )
    comment = thread.comments.get()
    client.force_login({"partner": partner, "neighbour": make_partner(candidacy=section.candidacy)}[who])

    answers = [
        client.get(of_thread("thread-answer", thread)),
        client.post(of_thread("thread-answer", thread), written()),
        client.post(of_thread("thread-resolve", thread)),
        client.post(of_thread("thread-reopen", thread)),
        client.post(of_thread("thread-widen", thread), {"audience": "readers"}),
        client.get(of_comment("comment-edit", comment)),
        client.post(of_comment("comment-edit", comment), written()),
        client.post(of_comment("comment-withdraw", comment)),
    ]

    assert {response.status_code for response in answers} == {404}
    thread.refresh_from_db()
    assert (thread.is_open, thread.audience, thread.comments.count()) == (True, Audience.TEAM, 1)


def test_no_page_of_a_partner_tells_of_a_thread_of_the_team(client, section, lead, partner):
    make_thread(section=section, audience=Audience.TEAM, author=lead, body="Entre nous.", quote="La fosse")
    client.force_login(partner)
    slug = section.candidacy.slug
    # Somebody is always named on the page who may be told; what is looked for is what was written and counted.
    pages = [
        client.get(page, headers=headers).text
        for page in (
            *(
                f"{address('section-detail', section)}?fils={shown}"
                for shown in ("ouverts", "resolus", "tous")
            ),
            *(
                f"{address('section-comments', section)}?fils={shown}"
                for shown in ("ouverts", "resolus", "tous")
            ),
            reverse("dossier:section-list", args=[slug]),
            reverse("dossier:dashboard", args=[slug]),
            address("section-history", section),
        )
        for headers in ({}, HTMX)
    ]

    for page in pages:
        for told in ("Entre nous.", "<mark", "commentaire ouvert", "thread__head", "1 ouvert"):
            assert told not in page


def test_the_threads_of_another_section_or_candidacy_are_not_found(client, section, lead):
    elsewhere = make_thread()
    beside = make_thread(section=make_section(candidacy=section.candidacy))
    client.force_login(lead)

    for thread in (elsewhere, beside):
        comment = thread.comments.get()
        assert client.get(address("thread-answer", section, thread.public_id)).status_code == 404
        crossed = address("comment-edit", section, thread.public_id, comment.public_id)
        assert client.get(crossed).status_code == 404


def test_a_comment_is_not_found_through_another_thread(client, section, lead):
    one, other = (make_thread(section=section, author=lead) for _ in range(2))
    client.force_login(lead)

    crossed = of_thread("comment-edit", one, other.comments.get().public_id)

    assert client.get(crossed).status_code == 404


# --- Counts -----------------------------------------------------------------------------------------


def test_open_threads_are_counted_on_the_outline_for_whoever_reads_them(client, section, lead, partner):
    make_thread(section=section, audience=Audience.TEAM)
    make_thread(section=section)
    resolve_thread(thread=make_thread(section=section), by=lead)
    withdraw_comment(comment=make_thread(section=section, author=lead).comments.get(), by=lead)

    counts = []
    for person in (lead, partner):
        client.force_login(person)
        response = client.get(reverse("dossier:section-list", args=[section.candidacy.slug]))
        counts.append(([row.open_comments for row in response.context["rows"]], response.text))

    assert [count for count, _page in counts] == [[2], [1]]
    assert "2 commentaires ouverts" in counts[0][1]


def test_the_dashboard_tells_what_others_wrote_since_the_last_visit(client, section, lead, partner):
    thread = make_thread(section=section, author=partner)
    make_thread(section=section, author=lead)
    withdraw_comment(comment=make_thread(section=section, author=partner).comments.get(), by=partner)
    client.force_login(lead)

    board = client.get(reverse("dossier:dashboard", args=[section.candidacy.slug])).context["board"]

    told = [change for change in board.changes if change.text == "commentaire"]
    assert [(change.who, change.subject) for change in told] == [(str(partner), "Vision")]
    assert told[0].url == f"{address('section-detail', section)}?fils=tous#fil-{thread.public_id}"


# --- Words that would be a program ------------------------------------------------------------------


@pytest.mark.parametrize("payload", [*MARKUP, *TEMPLATES])
def test_a_comment_is_shown_as_it_was_typed(client, section, lead, payload):
    lead.first_name = "<b>Inès</b>"
    lead.save()
    thread = make_thread(section=section, author=lead, body=payload, quote=payload)
    make_comment(thread=thread, told=[lead], body="x")
    client.force_login(lead)

    page = client.get(address("section-detail", section)).text

    words = page.split('class="comment__words"')[1].split("</div>")[0]
    assert payload not in words or "<" not in payload
    assert "<b>Inès" not in page
