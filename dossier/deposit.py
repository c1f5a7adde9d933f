"""May this edition be deposited? Small named conditions, each with what was found and where it is mended.

A condition is one function of `DepositFile`; adding one is writing it and naming it in `CONDITIONS`.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from candidacy.eligibility import Verdict, eligibility_of
from candidacy.models import Criterion, Piece
from core.templatetags.formats import euros, number
from dossier.content import DossierContent, SectionText
from dossier.deposit_file import DepositFile, Finding, Line, name_of, read_deposit_file, size_of, spans_of
from dossier.figures import numbered_pictures
from dossier.links import CitedLink, Standing, cited_links
from dossier.mentions import (
    figures_named,
    pictures_named,
    pictures_referred_to,
    sections_named,
    tables_referred_to,
)
from dossier.models import Edition, Section
from dossier.tables import lost_table

_ABOUT_TEXTS = "missing_text"
_ABOUT_LINKS = ("missing_target", "refused_link")


@dataclass(frozen=True)
class Condition:
    key: str
    label: str | Promise
    check: Callable[[DepositFile], Finding]


def assess_deposit(edition: Edition) -> tuple[Finding, ...]:
    """Look at every condition, in the same number of queries whatever the size of the dossier."""
    file = read_deposit_file(edition)
    return tuple(
        replace(condition.check(file), key=condition.key, label=str(condition.label))
        for condition in CONDITIONS
    )


# --- who bids --------------------------------------------------------------------------------------------


def _eligibility(file: DepositFile) -> Finding:
    url = file.url("candidacy:call-detail")
    if file.call is None:
        return Finding(is_met=False, text=_("Les règles de l’appel ne sont pas enregistrées."), url=url)
    found = eligibility_of(file.candidacy, file.call, file.territories)
    is_met = found.verdict == Verdict.ELIGIBLE
    return Finding(
        is_met=is_met,
        text=_("La candidature est %(verdict)s.") % {"verdict": found.verdict.label},
        details=() if is_met else tuple(reason.text for reason in found.reasons if not reason.is_met),
        url=url,
    )


def _bearer(file: DepositFile) -> Finding:
    url = file.url("candidacy:candidacy-settings")
    frozen, current = file.content.bearer_name.strip(), file.candidacy.bearer_name.strip()
    if not current:
        return Finding(is_met=False, text=_("Aucune personne morale n’est désignée."), url=url)
    if frozen != current:
        return Finding(
            is_met=False,
            text=_("L’édition nomme %(frozen)s, la candidature %(current)s : figez une nouvelle édition.")
            % {"frozen": frozen, "current": current},
            url=file.url("dossier:edition-create"),
        )
    if not file.candidacy.bearer_siren:
        return Finding(is_met=False, text=_("Le numéro SIREN du porteur n’est pas indiqué."), url=url)
    return Finding(is_met=True, text=_("Une seule personne morale dépose : %(name)s.") % {"name": current})


# --- what is written --------------------------------------------------------------------------------------


def _validated(file: DepositFile) -> Finding:
    """A frozen text is validated when the section is, and still has that text; no section of today is left out."""
    open_texts, changed = [], []
    for text in file.content.sections:
        section = file.by_key.get(text.key)
        if section is None or section.body != text.body:
            changed.append(text)
        elif not section.is_closed:
            open_texts.append(text)
    frozen = {text.key for text in file.content.sections}
    absent = [section for section in file.sections if section.key not in frozen and not section.is_retired]
    told = []
    if count := len(open_texts) + len(changed):
        said = ngettext(
            "%(count)d section n’est pas validée dans cet état.",
            "%(count)d sections ne sont pas validées dans cet état.",
            count,
        )
        told.append(said % {"count": count})
    if absent:
        said = ngettext(
            "%(count)d section du plan n’est pas dans l’édition.",
            "%(count)d sections du plan ne sont pas dans l’édition.",
            len(absent),
        )
        told.append(said % {"count": len(absent)})
    if not told:
        return Finding(is_met=True, text=_("Toutes les sections sont validées."))
    return Finding(
        is_met=False,
        text=" ".join(told),
        lines=(
            *(file.line(text, file.by_key[text.key].get_status_display()) for text in open_texts),
            *(file.line(text, _("le texte a changé depuis le gel")) for text in changed),
            *(
                Line(
                    _("ajoutée ou rétablie depuis le gel"),
                    section.title,
                    reverse("dossier:section-detail", args=[file.candidacy.slug, section.public_id]),
                )
                for section in absent
            ),
        ),
    )


def _criteria(file: DepositFile) -> Finding:
    if not file.criteria:
        return Finding(
            is_met=False,
            text=_("Les critères de l’appel ne sont pas enregistrés."),
            url=file.url("candidacy:call-detail"),
        )
    frozen = {text.key for text in file.content.sections}
    proved = {
        proof.criterion_id
        for section in file.sections
        if section.key in frozen and section.is_closed
        for proof in section.proofs.all()
        if proof.is_brought
    }
    lacking = {criterion: lacks for criterion in file.criteria if (lacks := tuple(_lacks(criterion, proved)))}
    if not lacking:
        return Finding(
            is_met=True,
            text=_(
                "Chaque critère a au moins une preuve validée dans une section validée, un objectif et un indicateur."
            ),
        )
    text = ngettext(
        "%(count)d critère n’a pas tout ce que l’appel demande.",
        "%(count)d critères n’ont pas tout ce que l’appel demande.",
        len(lacking),
    )
    return Finding(
        is_met=False,
        text=text % {"count": len(lacking)},
        details=tuple(f"{criterion}\u00a0: {', '.join(lacks)}" for criterion, lacks in lacking.items()),
        url=file.url("dossier:criteria-matrix"),
    )


def _lacks(criterion: Criterion, proved: Collection[int]) -> Iterator[str]:
    if criterion.pk not in proved:
        yield _("sans preuve validée dans une section validée")
    if not criterion.objectives.all():
        yield _("sans objectif")
    if not criterion.indicators.all():
        yield _("sans indicateur")


def _mentions(file: DepositFile) -> Finding:
    """What the frozen texts name must be in the edition: nothing is looked up elsewhere when it prints."""
    figures = {
        picture
        for text in file.content.sections
        for picture in numbered_pictures(text.body, file.content.pictures)
        if picture is not None
    }
    lost = [(text, what) for text in file.content.sections for what in _lost(file.content, text, figures)]
    if not lost:
        return Finding(is_met=True, text=_("Chaque chiffre, renvoi et image des textes est dans l’édition."))
    text = ngettext(
        "%(count)d chiffre, renvoi ou image ne mène nulle part.",
        "%(count)d chiffres, renvois ou images ne mènent nulle part.",
        len(lost),
    )
    return Finding(
        is_met=False,
        text=text % {"count": len(lost)},
        lines=tuple(file.line(text, what) for text, what in lost),
    )


def _lost(content: DossierContent, text: SectionText, figures: Collection[UUID]) -> Iterator[str]:
    kinds = (
        (figures_named(text.body), content.live_figures, _("chiffre inconnu")),
        (sections_named(text.body), content.places, _("renvoi à une section retirée")),
        (pictures_named(text.body), content.pictures, _("image retirée")),
        (pictures_referred_to(text.body), figures, _("renvoi à une image qu’aucun texte ne montre")),
        (tables_referred_to(text.body), content.tables, lost_table()),
    )
    for named, known, what in kinds:
        yield from (what for _identifier in named.difference(known))


def _page_limit(file: DepositFile) -> Finding:
    """The call limits the whole file, cover and contents included."""
    limit = file.call.page_limit if file.call else None
    if limit is None:
        return Finding(is_met=True, text=_("L’appel ne limite pas le nombre de pages."))
    if file.file is None:
        return Finding(is_met=False, text=_("L’édition n’est pas encore imprimée."), url=file.url_of_edition)
    told = _("%(count)s pages pour %(limit)s au plus, couverture et sommaire compris.") % {
        "count": number(file.file.page_count),
        "limit": number(limit),
    }
    if file.file.page_count <= limit:
        return Finding(is_met=True, text=told)
    return Finding(is_met=False, text=told, url=file.url("dossier:section-list"))


def _lengths(file: DepositFile) -> Finding:
    over, unmeasured = [], []
    for span in spans_of(file.content):
        text = span.texts[0]
        section = file.by_key.get(text.key)
        if section is None or section.limit_value is None:
            continue
        size = size_of(file, span, section)
        if size is None:
            unmeasured.append(text)
        elif size > section.limit_value:
            over.append((text, size, section))
    if not over and not unmeasured:
        return Finding(is_met=True, text=_("Aucune section ne dépasse sa limite."))
    told = []
    if over:
        said = ngettext(
            "%(count)d section dépasse sa limite.", "%(count)d sections dépassent leur limite.", len(over)
        )
        told.append(said % {"count": len(over)})
    if unmeasured:
        said = ngettext(
            "%(count)d section limitée en pages n’est pas encore mesurée : imprimez l’édition.",
            "%(count)d sections limitées en pages ne sont pas encore mesurées : imprimez l’édition.",
            len(unmeasured),
        )
        told.append(said % {"count": len(unmeasured)})
    return Finding(
        is_met=False,
        text=" ".join(told),
        lines=(
            *(
                file.line(
                    text,
                    _("%(size)s %(unit)s pour %(limit)s")
                    % {
                        "size": number(size, 1 if section.limit_unit == Section.LimitUnit.PAGES else 0),
                        "unit": section.get_limit_unit_display(),
                        "limit": number(section.limit_value),
                    },
                )
                for text, size, section in over
            ),
            *(Line(_("pas encore mesurée"), name_of(text), file.url_of_edition) for text in unmeasured),
        ),
    )


# --- what is beside ---------------------------------------------------------------------------------------


def _plan(file: DepositFile) -> Finding:
    url = file.url("budget:plan-detail")
    plan = file.content.plan
    if plan is None or plan.is_empty:
        return Finding(is_met=False, text=_("Le plan de financement n’a pas de ligne."), url=url)
    if plan.summary.is_balanced:
        return Finding(is_met=True, text=_("Le plan de financement est équilibré."))
    return Finding(
        is_met=False,
        text=_("L’écart entre produits et charges est de %(gap)s, et de %(in_kind)s en nature.")
        % {"gap": euros(plan.summary.balance), "in_kind": euros(plan.summary.balance_in_kind)},
        url=url,
    )


def _pieces(file: DepositFile) -> Finding:
    missing = [piece for piece in file.pieces if piece.is_required and piece.status != Piece.Status.READY]
    if not missing:
        return Finding(is_met=True, text=_("Toutes les pièces obligatoires sont prêtes."))
    text = ngettext(
        "%(count)d pièce obligatoire n’est pas prête.",
        "%(count)d pièces obligatoires ne sont pas prêtes.",
        len(missing),
    )
    return Finding(
        is_met=False,
        text=text % {"count": len(missing)},
        details=tuple(f"{piece.name} : {piece.get_status_display()}" for piece in missing),
        url=file.url("candidacy:call-detail"),
    )


# --- what is printed --------------------------------------------------------------------------------------


def _alternatives(file: DepositFile) -> Finding:
    """A picture says something to whoever does not see it, or is declared to say nothing."""
    mute = {
        identifier
        for identifier, picture in file.content.pictures.items()
        if not picture.is_decorative and not picture.alternative_text.strip()
    }
    told = [text for text in file.content.sections if not mute.isdisjoint(pictures_named(text.body))]
    if not told:
        met = _("Chaque image a son texte alternatif, ou est décorative.")
        return _told_by_press(file, (_ABOUT_TEXTS,), met=met)
    text = ngettext(
        "%(count)d section montre une image sans texte alternatif.",
        "%(count)d sections montrent une image sans texte alternatif.",
        len(told),
    )
    return Finding(
        is_met=False,
        text=text % {"count": len(told)},
        lines=tuple(file.line(text, _("image sans texte alternatif")) for text in told),
        url=file.url("dossier:picture-list"),
    )


def _links(file: DepositFile) -> Finding:
    return _told_by_press(file, _ABOUT_LINKS, met=_("Chaque lien interne mène quelque part."))


def _external_links(file: DepositFile) -> Finding:
    """Whoever reads the dossier on a screen follows its links: each must have answered lately."""
    links = cited_links(file.content.sections, file.link_checks, timezone.now())
    if not links:
        return Finding(is_met=True, text=_("Le texte ne renvoie à aucune page du web."))
    dead = [link for link in links if link.standing == Standing.DEAD]
    open_links = [link for link in links if link.standing == Standing.OPEN]
    lines = tuple(line for link in (*dead, *open_links) for line in _lines(file, link))
    if not lines:
        text = ngettext(
            "%(count)d lien externe, qui répond.", "%(count)d liens externes, qui répondent tous.", len(links)
        )
        return Finding(is_met=True, text=text % {"count": len(links)}, is_about_web=True)
    told = []
    if dead:
        text = ngettext(
            "%(count)d lien externe ne mène nulle part.",
            "%(count)d liens externes ne mènent nulle part.",
            len(dead),
        )
        told.append(text % {"count": len(dead)})
    if open_links:
        text = ngettext(
            "%(count)d lien externe est à vérifier.",
            "%(count)d liens externes sont à vérifier.",
            len(open_links),
        )
        told.append(text % {"count": len(open_links)})
    return Finding(is_met=False, text=" ".join(told), lines=lines, is_about_web=True)


def _lines(file: DepositFile, link: CitedLink) -> Iterator[Line]:
    """Say once for each section what is known of a link, and lead to the section as it stands today."""
    for text in link.texts:
        yield file.line(text, f"{link.address} – {link.told}")


def _notices(file: DepositFile) -> Finding:
    codes = {notice["code"] for notice in (file.file.notices if file.file else [])}
    return _told_by_press(
        file,
        tuple(codes.difference((_ABOUT_TEXTS, *_ABOUT_LINKS))),
        met=_("Le PDF ne contient aucun avertissement."),
    )


def _told_by_press(file: DepositFile, codes: tuple[str, ...], *, met: str) -> Finding:
    """A condition that is met when the printing had nothing to say about ``codes``."""
    if file.file is None:
        return Finding(is_met=False, text=_("L’édition n’est pas encore imprimée."), url=file.url_of_edition)
    told = file.notices(*codes)
    if not told:
        return Finding(is_met=True, text=met)
    text = ngettext(
        "%(count)d point est à reprendre dans le texte.",
        "%(count)d points sont à reprendre dans le texte.",
        len(told),
    )
    return Finding(is_met=False, text=text % {"count": len(told)}, lines=told)


CONDITIONS: tuple[Condition, ...] = (
    Condition("eligibility", gettext_lazy("Éligibilité"), _eligibility),
    Condition("bearer", gettext_lazy("Porteur unique"), _bearer),
    Condition("validated", gettext_lazy("Sections validées"), _validated),
    Condition("criteria", gettext_lazy("Critères de l’appel"), _criteria),
    Condition("plan", gettext_lazy("Plan équilibré"), _plan),
    Condition("pieces", gettext_lazy("Pièces obligatoires"), _pieces),
    Condition("lengths", gettext_lazy("Limites de longueur"), _lengths),
    Condition("page_limit", gettext_lazy("Pages du dossier"), _page_limit),
    Condition("mentions", gettext_lazy("Chiffres, renvois et images"), _mentions),
    Condition("alternatives", gettext_lazy("Textes alternatifs"), _alternatives),
    Condition("links", gettext_lazy("Liens internes"), _links),
    Condition("external_links", gettext_lazy("Liens externes"), _external_links),
    Condition("notices", gettext_lazy("Avertissements du PDF"), _notices),
)
