"""Which letters each glyph of the app's fonts stands for, so that the text of a PDF can be searched and copied.

WeasyPrint 59 takes a glyph's letters from the wrong end of a right-to-left word. A font shapes a letter into its forms
by substitutions (the table GSUB); followed backwards they lead to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any
from unicodedata import normalize

SHAPED = (range(0xFB00, 0xFB07), range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))
"""Unicode's presentation forms, Latin ligatures and Arabic: whoever searches types the letters themselves."""
SINGLE, MULTIPLE, LIGATURE, EXTENSION = 1, 2, 4, 7


@cache
def letters(font: bytes) -> dict[int, str]:
	"""Glyph number → text, of an unpacked TrueType font."""
	from fontTools.ttLib import TTFont

	opened = TTFont(BytesIO(font), lazy=True)
	texts = _of_codepoints(opened.getBestCmap())
	substitutions = list(_substitutions(opened["GSUB"].table))
	while _follow(substitutions, texts):
		pass
	return {opened.getGlyphID(glyph): text for glyph, text in texts.items()}


def _of_codepoints(cmap: dict[int, str]) -> dict[str, str]:
	texts: dict[str, str] = {}
	for codepoint in sorted(cmap, key=lambda each: (_is_shaped(each), each)):
		letter = chr(codepoint)
		texts.setdefault(cmap[codepoint], normalize("NFKC", letter) if _is_shaped(codepoint) else letter)
	return texts


def _is_shaped(codepoint: int) -> bool:
	return any(codepoint in shaped for shaped in SHAPED)


def _substitutions(table: Any) -> Iterator[tuple[tuple[str, ...], str]]:
	"""Every rule of the font as glyphs → the glyph that they become; one that becomes several, as its first."""
	for lookup in table.LookupList.Lookup:
		for row in lookup.SubTable:
			kind, rules = lookup.LookupType, row
			if kind == EXTENSION:
				kind, rules = row.ExtensionLookupType, row.ExtSubTable
			if kind == SINGLE:
				yield from (((before,), after) for before, after in rules.mapping.items())
			elif kind == MULTIPLE:
				yield from (((before,), after[0]) for before, after in rules.mapping.items() if after)
			elif kind == LIGATURE:
				for first, ligatures in rules.ligatures.items():
					yield from (((first, *each.Component), each.LigGlyph) for each in ligatures)


def _follow(substitutions: list[tuple[tuple[str, ...], str]], texts: dict[str, str]) -> bool:
	"""Give one more generation of glyphs their letters; False when there was none."""
	found = {
		after: "".join(texts[glyph] for glyph in before)
		for before, after in reversed(substitutions)
		if after not in texts and all(glyph in texts for glyph in before)
	}
	texts.update(found)
	return bool(found)
