"""What the demonstration bid promises and proves under each criterion."""

from candidacy.models import Indicator, Objective
from candidacy.services.call import save_call_row
from dossier.demonstration.cast import Cast
from dossier.models import Proof
from dossier.services.proofs import add_proof, change_proof, validate_proof


def load_criteria(cast: Cast) -> None:
    """Write the aims and the proofs; whoever writes a section has said what is in it, the lead has found it there."""
    table = cast.source.table("criteria")
    criteria = {criterion.code: criterion for criterion in cast.candidacy.criteria.all()}
    for row in table["aims"]:
        criterion = criteria[row["criterion"]]
        if "objective" in row:
            save_call_row(
                model=Objective,
                candidacy=cast.candidacy,
                fields={"criterion": criterion, "statement": row["objective"]},
            )
        measured = {name: row[name] for name in ("method", "target")}
        save_call_row(
            model=Indicator,
            candidacy=cast.candidacy,
            fields={"criterion": criterion, "name": row["indicator"], **measured},
        )
    sections = {section.key: section for section in cast.candidacy.sections.select_related("candidacy")}
    announced = Proof.objects.filter(section__candidacy=cast.candidacy).select_related("section", "criterion")
    proofs = {(proof.section.key, proof.criterion.code, proof.kind): proof for proof in announced}
    for row in table["proofs"]:
        proof = proofs.get((row["section"], row["criterion"], row["kind"]))
        if proof is None:
            proof = add_proof(
                section=sections[row["section"]],
                criterion=criteria[row["criterion"]],
                kind=row["kind"],
                note=row["note"],
            )
        else:
            proof = change_proof(proof=proof, fields={"note": row["note"]})
        if row.get("is_brought"):
            validate_proof(proof=proof, by=cast.lead)
    for proof in Proof.objects.filter(
        section__candidacy=cast.candidacy, section__key__in=table["convincing"], kind=Proof.Kind.ARGUMENT
    ):
        validate_proof(proof=proof, by=cast.lead)
