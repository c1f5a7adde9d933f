"""Names of the styles that our own files carry, by which they are recognised when they come back."""

#: Tables and paragraphs that the application made from its data: they are printed, and never read back as text.
LIVE_HEADING = "Candidacy Live Heading"
LIVE_TEXT = "Candidacy Live Text"
LIVE_CAPTION = "Candidacy Live Caption"
LIVE_TABLE = "Candidacy Live Table"
#: The paragraph of a cell that heads its row.
ROW_HEADER = "Candidacy Row Header"
#: An empty paragraph that is a horizontal rule.
RULE = "Candidacy Rule"
#: The words of a caption that say whose the picture is.
CREDIT = "Candidacy Credit"
#: The words of a caption that number it.
LABEL = "Candidacy Label"
