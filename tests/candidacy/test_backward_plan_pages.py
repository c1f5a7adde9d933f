"""The backward plan on its pages and through its services."""

from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from candidacy.models import PlanStep
from candidacy.plan_reading import read_backward_plan
from candidacy.services.backward_plan import (
    follow_step,
    keep_latest_dates,
    load_standard_plan,
    remove_step,
    save_step,
)
from candidacy.timeline import draw
from core.errors import DomainError, StaleRevisionError
from core.pdf import PdfError
from tests.factories import make_candidacy, make_member, make_plan_step
from tests.pdf_checks import pdf_failures

DEPOSIT = date(2026, 5, 11)


@pytest.fixture
def lead(client):
    member = make_member(candidacy=make_candidacy(deposit_on=timezone.localdate() + timedelta(days=120)))
    client.force_login(member.user)
    return member


def address(name, candidacy, *ids):
    return reverse(f"candidacy:{name}", args=[candidacy.slug, *ids])


def shown(client, url):
    form = client.get(url).context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    typed = {name: str(value) for name, value in values.items() if value is not None}
    return typed | {"predecessors": [str(row.public_id) for row in values["predecessors"] or ()]}


def test_an_empty_plan_starts_from_the_usual_tasks_once(client, lead):
    url = address("backward-plan", lead.candidacy)
    assert "Partir des tâches habituelles" in client.get(url).text

    client.post(address("plan-standard", lead.candidacy))
    again = client.post(address("plan-standard", lead.candidacy), follow=True)

    page = client.get(url)
    assert len(page.context["lines"]) == 9
    assert "contient déjà des tâches" in again.text
    titles = [line.step.title for line in page.context["lines"]]
    assert titles.index("Corrections décidées par le COPIL") > titles.index(
        "Dernier COPIL\u00a0: arbitrages et validation du dossier"
    )
    assert page.text.count('class="gantt__latest"') == 9
    assert "après\u00a0: " in page.text


def test_a_task_is_written_changed_and_waits_for_others(client, lead):
    before = make_plan_step(candidacy=lead.candidacy, title="Relecture")
    url = address("plan-step-create", lead.candidacy)
    typed = shown(client, url) | {
        "title": "Impression",
        "duration": "4",
        "predecessors": [str(before.public_id)],
    }

    assert client.post(url, typed).status_code == 302
    assert client.post(url, typed).status_code == 302

    step = PlanStep.objects.get(title="Impression")
    assert list(step.predecessors.all()) == [before]
    url = address("plan-step-edit", lead.candidacy, step.public_id)
    client.post(url, shown(client, url) | {"responsible": "Atelier", "predecessors": []})
    step.refresh_from_db()
    assert (step.responsible, step.predecessors.count()) == ("Atelier", 0)


def test_a_circle_is_refused_on_the_form_and_changes_nothing(client, lead):
    first = make_plan_step(candidacy=lead.candidacy, title="Premier")
    second = make_plan_step(candidacy=lead.candidacy, title="Second", after=[first])
    url = address("plan-step-edit", lead.candidacy, first.public_id)

    response = client.post(
        url, shown(client, url) | {"title": "Autre", "predecessors": [str(second.public_id)]}
    )

    assert response.status_code == 422
    assert "s’attendent en rond" in response.text
    assert 'value="Autre"' in response.text
    first.refresh_from_db()
    assert (first.title, first.predecessors.count()) == ("Premier", 0)


def test_a_task_of_another_bid_is_neither_opened_nor_waited_for(client, lead):
    foreign = make_plan_step()
    assert client.get(address("plan-step-edit", lead.candidacy, foreign.public_id)).status_code == 404
    url = address("plan-step-create", lead.candidacy)

    response = client.post(url, shown(client, url) | {"title": "A", "predecessors": [str(foreign.public_id)]})

    assert response.status_code == 422
    assert not lead.candidacy.plan_steps.exists()
    with pytest.raises(DomainError):
        save_step(candidacy=lead.candidacy, fields={"title": "A"}, predecessors=[foreign])


@pytest.mark.parametrize("theirs", ["title", "predecessors"])
def test_who_saves_second_is_told_and_loses_nothing(client, lead, theirs):
    other = make_plan_step(candidacy=lead.candidacy)
    step = make_plan_step(candidacy=lead.candidacy, title="Relecture")
    url = address("plan-step-edit", lead.candidacy, step.public_id)
    typed = shown(client, url) | {"title": "Relecture finale"}
    if theirs == "title":
        PlanStep.objects.filter(pk=step.pk).update(title="Relecture croisée")
    else:
        step.predecessors.add(other)

    response = client.post(url, typed)

    assert response.status_code == 409
    assert 'value="Relecture finale"' in response.text
    step.refresh_from_db()
    assert step.title == ("Relecture croisée" if theirs == "title" else "Relecture")


def test_a_form_that_changes_nothing_is_no_conflict():
    step = make_plan_step(title="Relecture")

    save_step(
        candidacy=step.candidacy, step=step, fields={"title": "Relecture"}, predecessors=[], seen="vu avant"
    )
    with pytest.raises(StaleRevisionError):
        save_step(
            candidacy=step.candidacy, step=step, fields={"title": "Autre"}, predecessors=[], seen="vu avant"
        )


def test_a_task_is_followed_by_a_click_and_a_second_click_moves_no_date(client, lead):
    step = make_plan_step(candidacy=lead.candidacy)
    url = address("plan-step-follow", lead.candidacy, step.public_id)
    today = timezone.localdate()

    client.post(url, {"deed": "start"})
    step.refresh_from_db()
    assert step.started_on == today
    follow_step(step=step, deed="start", today=today + timedelta(days=3))
    follow_step(step=step, deed="finish", today=today + timedelta(days=3))
    follow_step(step=step, deed="finish", today=today + timedelta(days=4))
    step.refresh_from_db()
    assert (step.started_on, step.finished_on) == (today, today + timedelta(days=3))
    client.post(url, {"deed": "reopen"})
    step.refresh_from_db()
    assert (step.started_on, step.finished_on) == (today, None)
    assert "n’existe pas" in client.post(url, {"deed": "x"}, follow=True).text


def test_finishing_what_nobody_started_gives_it_a_day():
    step = follow_step(step=make_plan_step(), deed="finish", today=DEPOSIT)

    assert (step.started_on, step.finished_on) == (DEPOSIT, DEPOSIT)


def test_what_waited_for_a_removed_task_waits_for_what_it_waited_for(client, lead):
    first, *_ = steps = [make_plan_step(candidacy=lead.candidacy) for _ in range(3)]
    steps[1].predecessors.set([first])
    steps[2].predecessors.set([steps[1]])

    client.post(address("plan-step-remove", lead.candidacy, steps[1].public_id))

    assert list(steps[2].predecessors.all()) == [first]
    remove_step(step=first)
    assert not steps[2].predecessors.exists()


def test_the_latest_dates_become_the_planned_ones_and_the_history_keeps_the_old(client, lead):
    started = make_plan_step(candidacy=lead.candidacy, started_on=timezone.localdate())
    step = make_plan_step(
        candidacy=lead.candidacy, planned_from=date(2026, 1, 5), planned_until=date(2026, 1, 9)
    )

    page = client.post(address("plan-keep-dates", lead.candidacy), follow=True)

    assert "1 tâche a de nouvelles dates prévues." in page.text
    step.refresh_from_db()
    line = next(row for row in page.context["lines"] if row.step == step)
    assert (step.planned_from, step.planned_until) == (line.dates.latest_start, line.dates.latest_end)
    assert step.history.order_by("history_id").first().planned_until == date(2026, 1, 9)
    started.refresh_from_db()
    assert started.planned_from is None
    assert keep_latest_dates(lead.candidacy, today=timezone.localdate()) == 0


def test_without_a_day_of_deposit_there_are_tasks_but_no_dates(client):
    member = make_member()
    client.force_login(member.user)
    load_standard_plan(member.candidacy)

    page = client.get(address("backward-plan", member.candidacy))

    assert "Sans date de dépôt" in page.text
    assert '<svg class="gantt"' not in page.text
    assert "Essai de dépôt en ligne" in page.text
    told = client.post(address("plan-keep-dates", member.candidacy), follow=True)
    assert "Donnez d’abord la date de dépôt" in told.text


def test_the_page_says_what_must_begin_and_what_comes_too_late(client, lead):
    lead.candidacy.deposit_on = timezone.localdate() + timedelta(days=10)
    lead.candidacy.save()
    make_plan_step(candidacy=lead.candidacy, title="Trop tard", duration=20, day_kind="calendar")
    make_plan_step(candidacy=lead.candidacy, title="Bientôt", duration=2, day_kind="calendar")

    page = client.get(address("backward-plan", lead.candidacy))

    assert [(line.step.title, line.dates.state.name) for line in page.context["alerts"]] == [
        ("Trop tard", "START_MISSED"),
        ("Bientôt", "STARTS_SOON"),
    ]
    assert "2 tâches à surveiller" in page.text
    assert "9 jours de trop" in page.text


def test_the_holidays_are_those_of_the_candidacy():
    candidacy = make_candidacy(deposit_on=date(2026, 4, 3))
    make_plan_step(candidacy=candidacy, duration=1)
    today = date(2026, 1, 5)
    assert read_backward_plan(candidacy, today=today)[0].dates.latest_end == date(2026, 4, 3)

    candidacy.holiday_region = "57"

    assert read_backward_plan(candidacy, today=today)[0].dates.latest_end == date(2026, 4, 2)


def test_the_bars_lie_where_their_days_are():
    candidacy = make_candidacy(deposit_on=DEPOSIT)
    first = make_plan_step(candidacy=candidacy, title="x" * 60, duration=10, day_kind="calendar")
    make_plan_step(candidacy=candidacy, duration=5, day_kind="calendar", after=[first])

    timeline = draw(
        read_backward_plan(candidacy, today=date(2026, 4, 1)), deposit_on=DEPOSIT, today=date(2026, 4, 1)
    )

    early, late = timeline.rows
    assert early.name.endswith("…")
    assert early.latest.x + early.latest.width == pytest.approx(late.latest.x, abs=0.2)
    assert early.latest.width == pytest.approx(2 * late.latest.width, rel=0.01)
    assert timeline.today < early.latest.x < timeline.deposit
    assert late.latest.x + late.latest.width <= timeline.width
    assert [tick.label for tick in timeline.months] == ["avr. 2026", "mai 2026"]


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_costs_the_same_for_any_number_of_tasks(client, lead, count, django_assert_num_queries):
    for _ in range(count):
        last = make_plan_step(candidacy=lead.candidacy)
        make_plan_step(candidacy=lead.candidacy, after=[last])
    url = address("backward-plan", lead.candidacy)
    client.get(url)

    # session, user, candidacy and membership, tasks, what they wait for
    with django_assert_num_queries(5):
        client.get(url)


def test_the_plan_is_printed_for_all_readers_of_pdf(client, lead):
    load_standard_plan(lead.candidacy)

    response = client.get(address("backward-plan-pdf", lead.candidacy))

    assert response["Content-Disposition"].startswith('attachment; filename="retroplanning-')
    pages = PdfReader(BytesIO(response.content)).pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    for told in ("Rétroplanning", "comptées à rebours du dépôt", "Essai de dépôt en ligne", "jours ouvrés"):
        assert told in words
    assert not pdf_failures(response.content)
    assert client.get(address("backward-plan-pdf", lead.candidacy)).content == response.content


def test_the_tasks_are_drawn_in_the_page_and_in_the_pdf(client, lead):
    load_standard_plan(lead.candidacy)
    count = lead.candidacy.plan_steps.count()

    page = client.get(address("backward-plan", lead.candidacy)).text
    printed = client.get(address("backward-plan-pdf", lead.candidacy)).content

    assert (page.count('<rect class="gantt__latest"'), page.count('class="gantt__deposit"')) == (count, 1)
    with pikepdf.open(BytesIO(printed)) as pdf:
        told = [
            str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]
    assert any(alternative.startswith("Frise des tâches") for alternative in told)


def test_a_plan_that_cannot_be_printed_is_said_so(client, lead, monkeypatch):
    def refuse(*args, **kwargs):
        raise PdfError("La mise en page a échoué.")

    monkeypatch.setattr("candidacy.views.backward_plan.print_backward_plan", refuse)

    assert (
        "La mise en page a échoué."
        in client.get(address("backward-plan-pdf", lead.candidacy), follow=True).text
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"duration": "0"}, "duration"),
        ({"duration": "731"}, "duration"),
        ({"finished_on": "2026-03-02"}, "__all__"),
        ({"started_on": "2026-03-03", "finished_on": "2026-03-02"}, "__all__"),
        ({"planned_from": "2026-03-03", "planned_until": "2026-03-02"}, "__all__"),
    ],
)
def test_what_cannot_be_is_said_on_the_form_and_nothing_typed_is_lost(client, lead, typed, told):
    url = address("plan-step-create", lead.candidacy)

    response = client.post(url, shown(client, url) | {"title": "Relecture", **typed})

    assert response.status_code == 422
    assert told in response.context["form"].errors
    assert 'value="Relecture"' in response.text
    assert not lead.candidacy.plan_steps.exists()
