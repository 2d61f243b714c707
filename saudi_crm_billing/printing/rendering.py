"""HTML to pages by WeasyPrint, as PDF/A-3b asks of colours, fonts and images; without the network and without Frappe.

WeasyPrint and its version are Frappe's. The fonts come with the app (public/fonts, under the Open Font License), so that
a print looks the same on every server and needs no font of the system.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import saudi_crm_billing
from saudi_crm_billing.printing.letters import letters

FOLDER = Path(saudi_crm_billing.__file__).resolve().parent / "public" / "fonts"
FONTS = {
	"IBM-Plex-Sans-Arabic": "IBMPlexSansArabic-Regular.woff",
	"IBM-Plex-Sans-Arabic-Bold": "IBMPlexSansArabic-Bold.woff",
}
"""The name in a PDF → the file."""
PATH = "/assets/saudi_crm_billing/fonts/"
"""Where browsers find the fonts; here the same address is read from the folder."""
HOST = "https://this.invalid"

ReadFile = Callable[[str], bytes | None]
"""The content of a path of the site, such as /files/logo.png; None where a print may not have it."""


def to_pdf(html: str, read_file: ReadFile) -> bytes:
	"""The pages of `html`; what it names elsewhere than in itself, in `read_file` or among the fonts is left out.

	Raises what WeasyPrint raises, OSError where the system has no Pango.
	"""
	from weasyprint import HTML  # needs the system's Pango, which not every server has

	def fetch(address: str, *_arguments: Any, **_options: Any) -> dict[str, Any]:
		return _fetch(address, read_file)

	document = HTML(string=html, base_url=HOST, url_fetcher=fetch)
	try:
		return bytes(document.write_pdf(pdf_variant="pdf/a-3b"))
	finally:
		_forget_pages()


def _forget_pages() -> None:
	"""WeasyPrint 59 keeps the last 128 uses of a font with all that belongs to their pages: 5 MiB an invoice."""
	from weasyprint.pdf.stream import Stream

	if clear := getattr(Stream.add_font, "cache_clear", None):
		clear()


def own_letters() -> dict[str, dict[int, str]]:
	"""What the glyphs of the app's fonts stand for, by the names that the fonts have in a PDF."""
	return {name: letters(_font(file)) for name, file in FONTS.items()}


def _fetch(address: str, read_file: ReadFile) -> dict[str, Any]:
	from weasyprint import default_url_fetcher

	if address.startswith("data:"):
		return dict(default_url_fetcher(address))
	parts = urlsplit(address)
	path = unquote(parts.path)
	if f"{parts.scheme}://{parts.netloc}" != HOST:
		raise ValueError(address)
	if (name := path.removeprefix(PATH)) in FONTS.values():
		return {"string": _font(name)}
	content = read_file(path)
	if content is None:
		raise ValueError(address)
	return {"string": _in_rgb(content)}


@cache
def _font(name: str) -> bytes:
	"""The font unpacked, once a process: unpacking takes longer than a page."""
	from fontTools.ttLib import TTFont

	out = BytesIO()
	font = TTFont(FOLDER / name)
	font.flavor = None
	font.save(out)
	return out.getvalue()


def _in_rgb(image: bytes) -> bytes:
	"""A picture for printing presses (CMYK) in the colours of the PDF's profile; anything else as it is."""
	from PIL import Image, UnidentifiedImageError

	try:
		picture = Image.open(BytesIO(image))
	except UnidentifiedImageError:
		return image
	if picture.mode != "CMYK":
		return image
	out = BytesIO()
	picture.convert("RGB").save(out, "PNG")
	return out.getvalue()
