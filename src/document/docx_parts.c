/* docx_parts.c -- the parts of a .docx that do not depend on its text: types, styles, settings, fonts, footers. */
#include "document/docx_int.h"

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

const char docx_rels[] = XML_HEAD
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
        "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>"
        "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>"
        "<Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties\" Target=\"docProps/app.xml\"/>"
        "</Relationships>";

const char docx_app[] = XML_HEAD
        "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Application>kechuang</Application></Properties>";

const char docx_types[] = XML_HEAD
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
        "<Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/>"
        "<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>"
        "<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/>"
        "<Override PartName=\"/word/settings.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml\"/>"
        "<Override PartName=\"/word/fontTable.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml\"/>"
        "<Override PartName=\"/word/footer1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>"
        "<Override PartName=\"/word/footer2.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>"
        "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>"
        "<Override PartName=\"/docProps/app.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.extended-properties+xml\"/>"
        "</Types>";

#define FONT_ROW(name, alt, family, charset) \
        "<w:font w:name=\"" name "\"><w:altName w:val=\"" alt "\"/><w:charset w:val=\"" charset "\"/><w:family w:val=\"" family "\"/><w:pitch w:val=\"variable\"/></w:font>"

/* Where the fonts of the standard are missing, the names beside them are taken. */
const char docx_fonts[] = XML_HEAD
        "<w:fonts xmlns:w=\"" DOCX_W "\">"
        FONT_ROW("仿宋_GB2312", "仿宋", "modern", "86") FONT_ROW("楷体_GB2312", "楷体", "modern", "86") FONT_ROW("黑体", "SimHei", "modern", "86")
        FONT_ROW("方正小标宋简体", "小标宋", "roman", "86") FONT_ROW("宋体", "SimSun", "roman", "86") FONT_ROW("Times New Roman", "Liberation Serif", "roman", "00")
        "</w:fonts>";

const char docx_settings[] = XML_HEAD
        "<w:settings xmlns:w=\"" DOCX_W "\"><w:zoom w:percent=\"100\"/><w:evenAndOddHeaders/>"
        "<w:characterSpacingControl w:val=\"compressPunctuation\"/>"
        "<w:compat><w:useFELayout/><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>"
        "<w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>";

#define FONTS(east) "<w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"" east "\" w:cs=\"Times New Roman\"/>"
#define STYLE(id, name, ppr, rpr) \
        "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"" id "\"><w:name w:val=\"" name "\"/><w:basedOn w:val=\"Normal\"/>" \
        "<w:pPr>" ppr "</w:pPr><w:rPr>" rpr "</w:rPr></w:style>"
#define HEADING(n, outline, east) \
        "<w:style w:type=\"paragraph\" w:styleId=\"Heading" n "\"><w:name w:val=\"heading " n "\"/><w:basedOn w:val=\"Normal\"/><w:next w:val=\"Body\"/>" \
        "<w:qFormat/><w:pPr><w:keepNext/><w:ind w:firstLine=\"632\" w:firstLineChars=\"200\"/><w:outlineLvl w:val=\"" outline "\"/></w:pPr><w:rPr>" FONTS(east) "</w:rPr></w:style>"

/* 3号 is 16 pt (sz counts half points), 2号 22 pt, 4号 14 pt, 小4 12 pt.  A line of the grid is 579/20 pt: 22 in 225 mm;
 * letters stand 0.25 pt closer: 28 in 156 mm. */
const char docx_styles[] = XML_HEAD
        "<w:styles xmlns:w=\"" DOCX_W "\">"
        "<w:docDefaults><w:rPrDefault><w:rPr>" FONTS("仿宋_GB2312") "<w:spacing w:val=\"-5\"/><w:sz w:val=\"32\"/><w:szCs w:val=\"32\"/>"
        "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault>"
        "<w:pPrDefault><w:pPr><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"579\" w:lineRule=\"exact\"/></w:pPr></w:pPrDefault></w:docDefaults>"
        "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/><w:pPr><w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/><w:jc w:val=\"both\"/></w:pPr></w:style>"
        "<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/><w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/>"
        "<w:tblCellMar><w:top w:w=\"0\" w:type=\"dxa\"/><w:left w:w=\"57\" w:type=\"dxa\"/><w:bottom w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"57\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>"
        STYLE("Body", "公文正文", "<w:ind w:firstLine=\"632\" w:firstLineChars=\"200\"/>", "")
        STYLE("Issuer", "发文机关标志", "<w:spacing w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"center\"/>", FONTS("方正小标宋简体") "<w:color w:val=\"FF0000\"/>")
        STYLE("Number", "发文字号", "<w:jc w:val=\"center\"/>", "")
        STYLE("Mark", "密级和紧急程度", "<w:jc w:val=\"left\"/>", FONTS("黑体"))
        STYLE("RedLine", "红线", "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"0\" w:color=\"FF0000\"/></w:pBdr><w:spacing w:line=\"227\" w:lineRule=\"exact\"/>", "<w:sz w:val=\"10\"/>")
        "<w:style w:type=\"paragraph\" w:styleId=\"Title\"><w:name w:val=\"Title\"/><w:basedOn w:val=\"Normal\"/><w:next w:val=\"Body\"/><w:qFormat/>"
        "<w:pPr><w:spacing w:line=\"640\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/></w:pPr><w:rPr>" FONTS("方正小标宋简体") "<w:sz w:val=\"44\"/><w:szCs w:val=\"44\"/></w:rPr></w:style>"
        HEADING("1", "0", "黑体") HEADING("2", "1", "楷体_GB2312") HEADING("3", "2", "仿宋_GB2312") HEADING("4", "3", "仿宋_GB2312")
        STYLE("To", "主送机关", "<w:jc w:val=\"left\"/>", "")
        STYLE("Signature", "署名和日期", "<w:keepLines/><w:jc w:val=\"right\"/>", "")
        STYLE("Caption2", "图表标题", "<w:keepNext/><w:snapToGrid w:val=\"0\"/><w:spacing w:before=\"120\" w:line=\"400\" w:lineRule=\"exact\"/><w:jc w:val=\"center\"/>", FONTS("黑体") "<w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/>")
        STYLE("Cell", "表格文字", "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"380\" w:lineRule=\"exact\"/>", "<w:spacing w:val=\"0\"/><w:sz w:val=\"24\"/><w:szCs w:val=\"24\"/>")
        STYLE("Picture", "图", "<w:snapToGrid w:val=\"0\"/><w:spacing w:after=\"120\" w:line=\"240\" w:lineRule=\"auto\"/><w:jc w:val=\"center\"/>", "")
        STYLE("Imprint", "版记", "<w:snapToGrid w:val=\"0\"/><w:spacing w:line=\"460\" w:lineRule=\"exact\"/>", "<w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/>")
        STYLE("Footer2", "页码", "<w:spacing w:line=\"240\" w:lineRule=\"auto\"/>", FONTS("宋体") "<w:spacing w:val=\"0\"/><w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/>")
        "</w:styles>";

/* — 1 — : odd pages on the right, even ones on the left, one letter from the edge. */
#define FOOTER(side, indent) XML_HEAD \
        "<w:ftr xmlns:w=\"" DOCX_W "\"><w:p><w:pPr><w:pStyle w:val=\"Footer2\"/><w:ind " indent "/><w:jc w:val=\"" side "\"/></w:pPr>" \
        "<w:r><w:t xml:space=\"preserve\">— </w:t></w:r><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>" \
        "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>" \
        "<w:r><w:t xml:space=\"preserve\"> —</w:t></w:r></w:p></w:ftr>"
const char docx_footer_odd[] = FOOTER("right", "w:right=\"280\" w:rightChars=\"100\"");
const char docx_footer_even[] = FOOTER("left", "w:left=\"280\" w:leftChars=\"100\"");
