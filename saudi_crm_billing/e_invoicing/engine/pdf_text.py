"""The map from a PDF's glyphs to letters, by which its text is searched, copied and read aloud, made whole.

WeasyPrint 59 writes whole words for one glyph and nothing for others wherever text runs from right to left, and more
than the 100 entries a block that readers must take (ISO 32000-1, 9.10.3 with Adobe Technical Note 5014).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, StreamObject

Letters = Mapping[str, Mapping[int, str]]
"""Font name without its subset's prefix → number of a glyph → its text."""
BLOCK = 100
ENTRY = re.compile(rb"^<([0-9A-Fa-f]{4})> <((?:[0-9A-Fa-f]{4})+)>", re.MULTILINE)
GLYPH = re.compile(rb"^<([0-9A-Fa-f]{4})> <", re.MULTILINE)
HEAD = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
"""
FOOT = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"


def mend(writer: PdfWriter, letters: Letters) -> None:
	"""Write the maps of all fonts anew; of a font that `letters` does not have, what it says now."""
	for font in _fonts(writer):
		name = str(font["/BaseFont"]).rpartition("+")[2]
		stream = font["/ToUnicode"].get_object()
		assert isinstance(stream, StreamObject)
		texts = _texts(stream.get_data(), letters.get(name, {}))
		stream.set_data(_map(texts).encode())


def _fonts(writer: PdfWriter) -> Iterator[DictionaryObject]:
	seen: set[int] = set()
	for page in writer.pages:
		resources = page.get("/Resources", DictionaryObject()).get_object()
		fonts = resources.get("/Font", DictionaryObject()).get_object()
		for value in fonts.values():
			font = value.get_object()
			if "/ToUnicode" in font and id(font) not in seen:
				seen.add(id(font))
				yield font


def _texts(written: bytes, known: Mapping[int, str]) -> dict[int, str]:
	"""The glyphs that the map names, with their letters; without letters none."""
	said = {int(glyph, 16): bytes.fromhex(text.decode()) for glyph, text in ENTRY.findall(written)}
	glyphs = sorted({int(glyph, 16) for glyph in GLYPH.findall(written)})
	texts = {
		glyph: known[glyph] if glyph in known else said.get(glyph, b"").decode("utf-16-be", "ignore")
		for glyph in glyphs
	}
	return {glyph: text for glyph, text in texts.items() if text}


def _map(texts: Mapping[int, str]) -> str:
	rows = [f"<{glyph:04x}> <{text.encode('utf-16-be').hex()}>\n" for glyph, text in texts.items()]
	blocks = (rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK))
	body = "".join(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks)
	return f"{HEAD}{body}{FOOT}"
