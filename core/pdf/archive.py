"""What makes an archive (PDF/A-3a) of a joined document that is accessible (PDF/UA-1) already."""

from hashlib import md5
from importlib.resources import files
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

#: Said in the metadata beside the claim of PDF/UA; PDF/A wants to be told what the names of that other claim mean.
ARCHIVE_CLAIM = (
    '<pdfaid:part xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">3</pdfaid:part>'
    '<pdfaid:conformance xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">A</pdfaid:conformance>'
    '<pdfaExtension:schemas xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    '<rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name>"
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>Part of ISO 14289 that the document conforms to</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property>"
    "</rdf:li></rdf:Bag></pdfaExtension:schemas>"
)
_PRINTED = 4


def make_archive(pdf: pikepdf.Pdf, attachments: list[dict[str, str]], *, dated: str) -> None:
    """Name the colours, have every link print and no picture smoothed, and put the attached files in."""
    profile = pdf.make_stream(files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes())
    profile.N = 3
    pdf.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
                Info=String("sRGB IEC61966-2.1"),
                DestOutputProfile=profile,
            )
        ]
    )
    for page in pdf.pages:
        for annotation in page.obj.get("/Annots", []):
            annotation.F = _PRINTED
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and "/Interpolate" in thing:
            thing.Interpolate = False
    if attachments:
        _attach(pdf, attachments, dated)


def _attach(pdf: pikepdf.Pdf, attachments: list[dict[str, str]], dated: str) -> None:
    listed: list[Any] = []
    for attachment in sorted(attachments, key=lambda attachment: attachment["name"]):
        content = Path(attachment["path"]).read_bytes()
        stream = pdf.make_stream(content)
        stream.Type = Name.EmbeddedFile
        stream.Subtype = Name(f"/{attachment['content_type']}")
        stream.Params = Dictionary(
            Size=len(content),
            CheckSum=String(md5(content, usedforsecurity=False).digest()),
            ModDate=String(dated),
        )
        specification = pdf.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(attachment["name"]),
                UF=String(attachment["name"]),
                Desc=String(attachment["description"]),
                AFRelationship=Name.Data,
                EF=Dictionary(F=stream, UF=stream),
            )
        )
        listed += [String(attachment["name"]), specification]
    pdf.Root.Names.EmbeddedFiles = pdf.make_indirect(Dictionary(Names=Array(listed)))
    pdf.Root.AF = Array(listed[1::2])
