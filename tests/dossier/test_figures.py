from dossier.figures import Illustrator, PrintedPicture
from tests.factories import make_picture


def test_a_credit_that_the_caption_already_names_is_printed_once():
    row = make_picture(caption="Le terril", credit="Dessin de A. Dupont")
    picture = PrintedPicture("terril.jpg", row.alternative_text, row.caption, row.credit)
    address = f"/c/{row.candidacy.slug}/dossier/images/{row.public_id}/"
    figure = f'<figure><img src="{address}" alt="x"><figcaption>Le terril. <em>Dessin de A. Dupont.</em></figcaption></figure>'

    illustrator = Illustrator({row.public_id: picture})
    html = illustrator.illustrate(figure, heading_shift=0)

    assert html.count("Dessin de A. Dupont") == 1
    assert illustrator.figures[0].caption == "Le terril."
