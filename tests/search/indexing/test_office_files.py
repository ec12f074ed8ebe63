"""Attached files are indexed as shown, without text that their authors removed or hid."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from portal.platform.spreadsheets.files import as_csv, as_xlsx
from search.indexing.reading import lines_of

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in [
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
        ("presentation", "presentation"), ("script", "script"),
    ]
)  # fmt: skip
# This word marks text that the authors removed or hid.
SECRET = "SECRET"


def lines(extension: str, parts: dict[str, str]) -> list[str]:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{content}')
    return list(lines_of(file, extension))


def relationships(**targets: str) -> str:
    rows = "".join(f'<Relationship Id="{key}" Type="{R}/x" Target="{target}"/>' for key, target in targets.items())
    return f'<Relationships xmlns="{RELATIONSHIPS}">{rows}</Relationships>'


def run(text: str, properties: str = "") -> str:
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r w:rsidR="00A1">{inner}<w:t xml:space="preserve">{text}</w:t></w:r>'


def docx(body: str, **parts: str) -> list[str]:
    """The lines of a text document; `parts` are further ones below `word/`."""
    namespaces = f'xmlns:w="{W}" xmlns:a="{A}" xmlns:mc="urn:mc" xmlns:wp="urn:wp" xmlns:m="urn:m"'
    document = f"<w:document {namespaces}><w:body>{body}<w:sectPr/></w:body></w:document>"
    others = {f"word/{name}.xml": f"<w:{name} {namespaces}>{content}</w:{name}>" for name, content in parts.items()}
    return lines("docx", {"word/document.xml": document, **others})


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def code(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve"> {text} </w:instrText></w:r>'


STYLES = """
    <w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
    <w:style w:type="character" w:styleId="Interne"><w:rPr><w:vanish/></w:rPr></w:style>
    <w:style w:type="character" w:styleId="InterneGras"><w:basedOn w:val="Interne"/><w:rPr><w:b/></w:rPr></w:style>
    <w:style w:type="paragraph" w:styleId="Notes"><w:pPr/><w:rPr><w:vanish w:val="1"/></w:rPr></w:style>
    <w:style w:type="paragraph" w:styleId="NotesVisibles"><w:basedOn w:val="Notes"/><w:rPr><w:vanish w:val="0"/></w:rPr>
    </w:style>
    <w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>
    <w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>
"""
DELETED = (
    '<w:del w:id="1" w:author="Zoé" w:date="2026-01-05T10:00:00Z"><w:r><w:delText>SECRET</w:delText></w:r></w:del>'
)


@pytest.mark.parametrize(
    ("paragraph", "shown"),
    [
        (run("Le prix est de ") + DELETED + f"<w:ins w:id='2'>{run('trente')}</w:ins>" + run(" euros"),
         "Le prix est de trente euros"),
        (run("Un ") + f"<w:moveFrom w:id='3'>{run(SECRET)}</w:moveFrom>" + f"<w:moveTo w:id='4'>{run('mot')}</w:moveTo>",
         "Un mot"),
        (run("Avant ") + run(SECRET, "<w:b/><w:vanish/>") + run("après", '<w:vanish w:val="0"/>'), "Avant après"),
        (run("Avant ") + run(SECRET, '<w:rStyle w:val="InterneGras"/>') + run("après"), "Avant après"),
        (run("oui", '<w:rStyle w:val="Interne"/><w:vanish w:val="false"/>'), "oui"),
        (f'<w:pPr><w:pStyle w:val="Notes"/></w:pPr>{run(SECRET)}{run("oui", "<w:rStyle w:val='Interne'/>")}', "oui"),
        (f'<w:pPr><w:pStyle w:val="NotesVisibles"/></w:pPr>{run("oui")}', "oui"),
        (f'<w:pPr><w:pStyle w:val="A"/></w:pPr>{run("oui")}', "oui"),
        (f"<w:pPr><w:rPr><w:vanish/><w:del w:id='5'/></w:rPr></w:pPr>{run('oui')}", "oui"),
        (run("oui", "<w:b/><w:rPrChange w:id='6'><w:rPr><w:vanish/></w:rPr></w:rPrChange>"), "oui"),
        (run("Page ") + field("begin") + code('INCLUDETEXT "C:\\SECRET.docx"') + field("separate") + run("12")
         + field("end") + run(" sur 30"), "Page 12 sur 30"),
        (field("begin") + code("IF") + field("begin") + code("MERGEFIELD client") + field("separate") + run(SECRET)
         + field("end") + code('= "x" "SECRET" ""') + field("separate") + run("oui") + field("end"), "oui"),
        (f'<w:fldSimple w:instr="AUTHOR SECRET">{run("Zoé")}</w:fldSimple>', "Zoé"),
        ("<w:r><mc:AlternateContent><mc:Choice>" + f"<w:txbxContent><w:p>{run('encadré')}</w:p></w:txbxContent>"
         f"</mc:Choice><mc:Fallback><w:txbxContent><w:p>{run('encadré')}</w:p></w:txbxContent></mc:Fallback>"
         "</mc:AlternateContent></w:r>", "encadré"),
        (("<w:r><w:drawing><wp:anchor><wp:docPr id='1' hidden='1'/><w:txbxContent>"
         f"<w:p>{run(SECRET)}</w:p></w:txbxContent></wp:anchor></w:drawing></w:r>{run('oui')}"), "oui"),
        ("<w:r><w:t>un</w:t><w:tab/><w:t>deux</w:t><w:br/><w:t>trois</w:t><w:cr/><w:t>quatre</w:t></w:r>",
         "un deux trois quatre"),
        (run("La houil") + run("lère") + "<w:r><w:noBreakHyphen/></w:r>" + run("mère"), "La houillère-mère"),
    ],
)  # fmt: skip
def test_text_document_is_indexed_as_shown(paragraph, shown):
    assert docx(f"<w:p>{paragraph}</w:p>", styles=STYLES) == [shown]


def test_hidden_and_deleted_rows_of_a_text_document_are_not_read():
    def row(text: str, properties: str = "", cell: str = "") -> str:
        inner = f"<w:trPr>{properties}</w:trPr>" if properties else ""
        return f"<w:tr>{inner}<w:tc><w:tcPr>{cell}</w:tcPr><w:p>{run(text)}</w:p></w:tc></w:tr>"

    rows = [
        row(SECRET, "<w:hidden/>"),
        row(SECRET, "<w:del w:id='1'/>"),
        row(SECRET, cell="<w:cellDel w:id='2'/>"),
        row("oui"),
    ]
    assert docx(f"<w:tbl>{''.join(rows)}</w:tbl>") == ["oui"]


def test_notes_of_shown_text_are_read_and_comments_are_not():
    notes = "".join(f'<w:footnote w:id="{key}"><w:p>{run(text)}</w:p></w:footnote>' for key, text in
                    [("1", "Selon l’Insee"), ("2", SECRET), ("3", SECRET)])  # fmt: skip
    reference = '<w:r><w:rPr>{}</w:rPr><w:footnoteReference w:id="{}"/></w:r>'
    found = docx(
        f"<w:p>{run('Un chiffre')}{reference.format('', 1)}{reference.format('<w:vanish/>', 2)}"
        f"<w:del w:id='9'>{reference.format('', 3)}</w:del></w:p>",
        footnotes=notes,
        comments=f"<w:comment w:id='0'><w:p>{run(SECRET)}</w:p></w:comment>",
    )
    assert found == ["Un chiffre", "Selon l’Insee"]


def slide(text: str, attributes: str = "", shape: str = "") -> str:
    return f"""<p:sld xmlns:p="{P}" xmlns:a="{A}" {attributes}><p:cSld><p:spTree><p:sp><p:nvSpPr>
        <p:cNvPr id="2" name="Titre" {shape}/></p:nvSpPr><p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r>
        <a:br/><a:fld id="x" type="slidenum"><a:t>7</a:t></a:fld></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"""


def test_slides_are_read_in_their_order_without_hidden_ones_and_notes():
    order = "".join(
        f'<p:sldId id="{number}" r:id="{key}"/>' for number, key in enumerate(["r2", "r1", "r3", "r4"], 256)
    )
    found = lines(
        "pptx",
        {
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst>{order}</p:sldIdLst>'
            "</p:presentation>",
            "ppt/_rels/presentation.xml.rels": relationships(
                r1="slides/slide1.xml", r2="/ppt/slides/slide2.xml", r3="slides/slide3.xml", r4="slides/slide4.xml"
            ),
            "ppt/slides/slide1.xml": slide("La suite"),
            "ppt/slides/slide2.xml": slide("Le début"),
            "ppt/slides/slide3.xml": slide(SECRET, 'show="0"'),
            "ppt/slides/slide4.xml": slide(SECRET, shape='hidden="1"'),
            # Removed from the presentation's list of slides.
            "ppt/slides/slide5.xml": slide(SECRET),
            "ppt/notesSlides/notesSlide1.xml": slide(SECRET),
        },
    )
    assert found == ["Le début 7", "La suite 7"]


def xlsx(sheet: str, strings: str = "") -> list[str]:
    """The lines of a workbook with this sheet and a hidden one."""
    return lines(
        "xlsx",
        {
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/>'
            '<sheet name="B" sheetId="2" state="veryHidden" r:id="rId2"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relationships(rId1="worksheets/sheet1.xml", rId2="worksheets/sheet2.xml"),
            "xl/sharedStrings.xml": f'<sst xmlns="{S}">{strings}</sst>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{S}">{sheet}</worksheet>',
            "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{S}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is>'
            f"<t>{SECRET}</t></is></c></row></sheetData></worksheet>",
            "xl/comments1.xml": f'<comments xmlns="{S}"><commentList><comment><text><t>{SECRET}</t></text></comment>'
            "</commentList></comments>",
        },
    )


def test_sheet_is_read_row_by_row_with_its_shared_strings():
    strings = (
        "<si><t>Commune</t></si><si><r><t>Habi</t></r><r><t>tants</t></r></si>"
        "<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>"
        # No cell refers to it.
        f"<si><t>{SECRET}</t></si>"
    )
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c t="s"><v>2</v></c><c><v>45123</v></c><c t="str"><f>A1&amp;"SECRET"</f><v>calculé</v></c></row>'
    )
    assert xlsx(f"<sheetData>{rows}</sheetData>", strings) == ["Commune Habitants", "東京 calculé"]


def test_hidden_rows_columns_and_sheets_are_not_read():
    def cell(place: str, text: str) -> str:
        return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'

    found = xlsx(
        '<cols><col min="2" max="3" width="9" hidden="1"/></cols><sheetData>'
        f'<row r="1">{cell("A1", "Metz")}{cell("B1", SECRET)}{cell("C1", SECRET)}{cell("D1", "Nancy")}</row>'
        f'<row r="2" hidden="1">{cell("A2", SECRET)}</row><row r="3">{cell("AA3", "Thionville")}</row></sheetData>'
    )
    assert found == ["Metz Nancy", "Thionville"]


def test_own_exports_and_files_of_openpyxl_are_read():
    book = Workbook()
    book.active.append(["Sarrebruck", 3])
    hidden = book.create_sheet("Interne")
    hidden.append([SECRET])
    hidden.sheet_state = "hidden"
    saved = BytesIO()
    book.save(saved)

    assert list(lines_of(saved, "xlsx")) == ["Sarrebruck"]
    assert list(lines_of(BytesIO(as_xlsx([["Ville", "Pays"], ["Trèves", "Allemagne"]])), "xlsx")) == [
        "Ville Pays",
        "Trèves Allemagne",
    ]
    assert list(lines_of(BytesIO(b"".join(as_csv([["Ville"], ["Trèves"]]))), "csv")) == ['"Ville" "Trèves"']


ODF_STYLES = """
    <style:style style:name="Caché" style:family="text"><style:text-properties text:display="none"/></style:style>
    <style:style style:name="T1" style:family="text" style:parent-style-name="Caché"/>
    <style:style style:name="T2" style:family="text"><style:text-properties text:display="true"/></style:style>
    <style:style style:name="P1" style:family="paragraph"><style:text-properties text:display="none"/></style:style>
    <style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>
    <style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
    <style:style style:name="dp1" style:family="drawing-page">
        <style:drawing-page-properties presentation:visibility="hidden"/></style:style>
"""


def odf(extension: str, body: str) -> list[str]:
    kind = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}[extension]
    return lines(
        extension,
        {
            "content.xml": f"<office:document-content {ODF}><office:scripts><script:x>SECRET</script:x></office:scripts>"
            f"<office:automatic-styles>{ODF_STYLES.split('<style:style', 2)[0]}"
            f"{ODF_STYLES[ODF_STYLES.index('<style:style style:name="T1"') :]}</office:automatic-styles>"
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {ODF}><office:styles>"
            f"{ODF_STYLES[: ODF_STYLES.index('<style:style style:name="T1"')]}</office:styles><office:master-styles>"
            f"<text:p>SECRET</text:p></office:master-styles></office:document-styles>",
        },
    )


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (('<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>SECRET</text:p></text:deletion>'
         "</text:changed-region></text:tracked-changes><text:p>Le prix<text:change text:change-id='c1'/> reste</text:p>"),
         ["Le prix reste"]),
        ("<text:p>Un <office:annotation><text:p>SECRET</text:p></office:annotation>mot</text:p>", ["Un mot"]),
        (('<text:p>Un <text:span text:style-name="T1">SECRET<text:span text:style-name="T2">pe</text:span></text:span>tit'
         "</text:p>"), ["Un petit"]),
        ('<text:p text:style-name="P1">SECRET</text:p><text:h text:outline-level="1">Titre</text:h>', ["Titre"]),
        (('<text:section text:name="A" text:display="none"><text:p>SECRET</text:p></text:section>'
         '<text:section text:name="B" text:display="condition" text:is-hidden="true"><text:p>SECRET</text:p>'
         "</text:section><text:p>oui</text:p>"), ["oui"]),
        (('<text:p>SECRET<text:hidden-paragraph text:condition="ooow:1" text:is-hidden="true"/> SECRET</text:p>'
         "<text:p>oui</text:p>"), ["oui"]),
        (('<text:p>Un <text:hidden-text text:is-hidden="true" text:string-value="SECRET">SECRET</text:hidden-text>mot'
         '<text:script script:language="JavaScript">SECRET</text:script></text:p>'), ["Un mot"]),
        ("<text:p>un<text:tab/>deux<text:line-break/>trois<text:s text:c='3'/>quatre</text:p>", ["un deux trois quatre"]),
        (("<text:p>Un chiffre<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Insee</text:p>"
         "</text:note-body></text:note> rond</text:p>"), ["Un chiffre", "Insee", "rond"]),
        (('<text:p>Une<draw:frame draw:display="none"><draw:text-box><text:p>SECRET</text:p></draw:text-box></draw:frame>'
         " image</text:p>"), ["Une image"]),
    ],
)  # fmt: skip
def test_opendocument_text_is_read_as_it_is_shown(body, shown):
    assert odf("odt", body) == shown


def test_opendocument_sheet_is_read_row_by_row_without_hidden_cells():
    def row(attributes: str, *cells: str) -> str:
        return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"

    def cell(text: str, attributes: str = "") -> str:
        return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"

    note = "<office:annotation><text:p>SECRET</text:p></office:annotation>"
    found = odf(
        "ods",
        '<table:content-validations><table:error-message><text:p>SECRET</text:p></table:error-message>'
        '</table:content-validations><table:table table:style-name="ta1"><table:table-column/>'
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/><table:table-column/>'
        + row("", f"<table:table-cell>{note}<text:p>Metz</text:p></table:table-cell>", cell(SECRET), cell(SECRET),
              cell("Nancy"))
        + row('table:visibility="collapse"', cell(SECRET))
        + row("", cell("", 'table:number-columns-repeated="3"'), cell("Trèves"))
        + '</table:table><table:table table:style-name="ta2">' + row("", cell(SECRET)) + "</table:table>",
    )  # fmt: skip
    assert found == ["Metz Nancy", "Trèves"]


def test_hidden_slides_and_notes_of_an_opendocument_presentation_are_not_read():
    found = odf(
        "odp",
        "<draw:page><draw:frame><draw:text-box><text:p>La suite</text:p></draw:text-box></draw:frame>"
        "<presentation:notes><text:p>SECRET</text:p></presentation:notes></draw:page>"
        '<draw:page draw:style-name="dp1"><text:p>SECRET</text:p></draw:page>',
    )
    assert found == ["La suite"]


TEXT = "Les crêpes de l’Épiphanie coûtent 3 €"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_file_is_read_in_the_encoding_in_which_it_was_written(encoding):
    assert list(lines_of(BytesIO(TEXT.encode(encoding)), "txt")) == [TEXT]


def test_one_invalid_byte_does_not_break_the_rest():
    assert list(lines_of(BytesIO(TEXT.encode() + b" \xe9"), "txt")) == [f"{TEXT} \N{REPLACEMENT CHARACTER}"]
