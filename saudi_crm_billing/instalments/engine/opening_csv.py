"""A CSV file's cells, whatever program wrote it: UTF-8 with or without a mark, UTF-16, or Arabic Windows; comma,
semicolon or tab."""

from __future__ import annotations

import csv
import io

SEPARATORS = ",;\t|"


def read_csv(content: bytes) -> list[list[str]]:
	"""The rows of the file. Raises ValueError for bytes that are no text."""
	text = _decoded(content)
	heading = text.partition("\n")[0]
	separator = max(SEPARATORS, key=heading.count)
	if heading.casefold().startswith("sep="):  # Excel's own hint
		separator = heading[4:5]
		text = text.partition("\n")[2]
	return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def _decoded(content: bytes) -> str:
	if b"\0" in content[:4] or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
		return content.decode("utf-16")
	try:
		return content.decode("utf-8-sig")
	except UnicodeDecodeError:
		return content.decode("cp1256")
