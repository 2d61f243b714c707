"""Finds every text that the app shows to a user: in code, scripts, templates, doctypes, fields, reports, workspace.

Each is a `Shown`: the source text, where it stands, and the context in which the Desk looks its translation up
("" for none; for what a doctype carries, the doctype).
"""

from __future__ import annotations

import ast
import csv
import html
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple
from unittest.mock import MagicMock

PACKAGE = Path(__file__).resolve().parents[2] / "saudi_crm_billing"
TRANSLATIONS = PACKAGE / "translations" / "ar.csv"
OUTSIDE = ("demo", "sandbox", "engine")
"""Packages whose texts no Desk shows: command lines and a page with texts of its own; engines are listed one by one."""

TRANSLATING = {"_", "_lt", "both", "translate", "CannotIssue"}
CODES = re.compile(r"[A-Z0-9|_./:!=<> -]*|https?://.*|VATEX-SA-[A-Z0-9-]+")
"""Options that are codes of a standard, not words."""

SCRIPT_CALL = re.compile(
	r"\b__\(\s*((?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\s*\+\s*)+)"
	r"(?:,\s*(?:null|\[[^\]]*\])\s*,\s*\"([^\"]+)\")?",
	re.S,
)
SCRIPT_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.S)
TEMPLATE_CALL = re.compile(r"\b_\(\s*(?:\"([^\"]*)\"|'([^']*)')")


class Shown(NamedTuple):
	text: str
	place: str
	context: str = ""


def all_texts() -> list[Shown]:
	found = [
		*python_texts(),
		*script_texts(),
		*template_texts(),
		*doctype_texts(),
		*record_texts(),
		*workspace_texts(),
		*custom_field_texts(),
		*engine_texts(),
	]
	return sorted({shown for shown in found if shown.text.strip()})


def translations() -> dict[tuple[str, str], str]:
	"""(source, context) → Arabic."""
	return {(row[0], row[2]): row[1] for row in rows()}


def rows() -> list[list[str]]:
	with TRANSLATIONS.open(encoding="utf-8", newline="") as file:
		return [row for row in csv.reader(file) if row]


def place(path: Path) -> str:
	return str(path.relative_to(PACKAGE))


def sources(pattern: str) -> Iterator[Path]:
	for path in sorted(PACKAGE.rglob(pattern)):
		if not set(path.relative_to(PACKAGE).parts) & set(OUTSIDE):
			yield path


def calls(path: Path) -> Iterator[ast.Call]:
	for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
		if isinstance(node, ast.Call) and node.args and name_of(node.func) in TRANSLATING:
			yield node


def name_of(function: ast.expr) -> str:
	return getattr(function, "id", "") or getattr(function, "attr", "")


def python_texts() -> Iterator[Shown]:
	for path in sources("*.py"):
		for call in calls(path):
			if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
				yield Shown(call.args[0].value.strip(), place(path), context_of(call))


def context_of(call: ast.Call) -> str:
	for keyword in call.keywords:
		if keyword.arg == "context" and isinstance(keyword.value, ast.Constant):
			return str(keyword.value.value)
	return ""


def formatted_before_translation() -> list[str]:
	"""`_(f"…")` and `_("…".format(…))`: the key would differ with every value, so nothing is ever translated."""
	return [
		f"{place(path)}:{call.lineno}"
		for path in sources("*.py")
		for call in calls(path)
		if isinstance(call.args[0], ast.JoinedStr)
		or (isinstance(call.args[0], ast.Call) and name_of(call.args[0].func) == "format")
	]


def said_without_translation() -> list[str]:
	"""Messages given to Frappe as bare literals."""
	saying = {"throw", "msgprint"}
	return [
		f"{place(path)}:{node.lineno}"
		for path in sources("*.py")
		for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
		if isinstance(node, ast.Call)
		and name_of(node.func) in saying
		and node.args
		and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
	]


def script_texts() -> Iterator[Shown]:
	for path in [*sources("*.js"), *sources("*.html")]:
		for literal, context in SCRIPT_CALL.findall(path.read_text(encoding="utf-8")):
			parts = [double or single for double, single in SCRIPT_STRING.findall(literal)]
			yield Shown(re.sub(r"\\(.)", r"\1", "".join(parts)), place(path), context)


def interpolated_in_scripts() -> list[str]:
	return [
		place(path) for path in sources("*.js") if re.search(r"\b__\(\s*`", path.read_text(encoding="utf-8"))
	]


def template_texts() -> Iterator[Shown]:
	for path in sources("*.html"):
		for double, single in TEMPLATE_CALL.findall(path.read_text(encoding="utf-8")):
			yield Shown(double or single, place(path))


def documents(doctype: str) -> Iterator[tuple[Path, dict[str, Any]]]:
	for path in sources("*.json"):
		document = json.loads(path.read_text(encoding="utf-8"))
		if isinstance(document, dict) and document.get("doctype") == doctype:
			yield path, document


def doctype_texts() -> Iterator[Shown]:
	for path, doctype in documents("DocType"):
		texts = [
			doctype["name"],
			doctype.get("description"),
			*(link["group"] for link in doctype.get("links", [])),
		]
		texts += [action["label"] for action in doctype.get("actions", [])]
		for field in doctype["fields"]:
			texts += field_texts(field)
		yield from (Shown(text.strip(), place(path), doctype["name"]) for text in texts if text)


def field_texts(field: dict[str, Any]) -> list[str]:
	"""Label, description and the options that are words; nothing of a field that no one ever sees."""
	if field.get("hidden"):
		return []
	texts = [field.get("label") or "", field.get("description") or ""]
	texts += choices_of(field)
	return [text for text in texts if text]


def record_texts() -> Iterator[Shown]:
	for kind in ("Report", "Print Format", "Number Card"):
		for path, document in documents(kind):
			yield Shown(document.get("label") or document["name"], place(path))
	yield Shown("Saudi CRM Billing", "hooks.py")
	for module in (PACKAGE / "modules.txt").read_text(encoding="utf-8").split("\n"):
		yield Shown(module.strip(), "modules.txt")


def workspace_texts() -> Iterator[Shown]:
	for path, workspace in documents("Workspace"):
		texts = [workspace["label"], workspace["title"]]
		texts += [link["label"] for link in workspace["links"]]
		for shortcut in workspace["shortcuts"]:
			texts += [shortcut["label"], shortcut.get("format", "")]
		texts += [card["label"] for card in workspace["number_cards"]]
		texts += [block_text(block) for block in json.loads(workspace["content"])]
		yield from (Shown(text, place(path)) for text in texts if text)


def block_text(block: dict[str, Any]) -> str:
	"""The words of a header or paragraph, as the Desk takes them out of their markup before it translates."""
	return html.unescape(re.sub(r"<[^>]+>", "", block["data"].get("text", ""))).strip()


def installed_by_slices() -> dict[str, Any]:
	"""Read in a process of its own: the installers import Frappe, which gets an empty stand-in there."""
	done = subprocess.run(
		[sys.executable, __file__], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
	)
	return dict(json.loads(done.stdout))


def choices() -> Iterator[Shown]:
	"""The options of every Select, which core shows without its doctype where the field cannot be written."""
	for path, doctype in documents("DocType"):
		for field in doctype["fields"]:
			yield from (Shown(each, place(path), doctype["name"]) for each in choices_of(field))
	for module, installed in installed_by_slices().items():
		for doctype_name, fields in installed["fields"].items():
			for field in fields:
				yield from (Shown(each, module, doctype_name) for each in choices_of(field))


def choices_of(field: dict[str, Any]) -> list[str]:
	if field["fieldtype"] != "Select":
		return []
	return [each for each in (field.get("options") or "").split("\n") if not CODES.fullmatch(each)]


def custom_field_texts() -> Iterator[Shown]:
	for module, installed in installed_by_slices().items():
		yield from (Shown(name, module) for name in (*installed["roles"], *installed["templates"]))
		for doctype, fields in installed["fields"].items():
			for field in fields:
				yield from (Shown(text, module, doctype) for text in field_texts(field))


_ADVANCES = tuple(
	f"advances/{module}" for module in ("entries", "ledger", "refunds", "settings", "settlement", "vat")
)


def messages_of(slice_name: str) -> Iterator[Shown]:
	"""The refusals of a slice's engine: each of its modules keeps them in a table MESSAGES."""
	for path in sorted((PACKAGE / slice_name / "engine").glob("*.py")):
		module = importlib.import_module(f"saudi_crm_billing.{slice_name}.engine.{path.stem}")
		for text in getattr(module, "MESSAGES", {}).values():
			yield Shown(text, f"{slice_name}/engine/{path.name}")


def engine_texts() -> Iterator[Shown]:
	"""The tables of sentences that engines keep in English and adapters translate; e_invoicing's has its own Arabic."""
	from saudi_crm_billing.customer_tax.engine import tax_class, wording
	from saudi_crm_billing.customer_tax.seeds import SEEDS
	from saudi_crm_billing.instalments.engine.opening_model import COLUMNS
	from saudi_crm_billing.instalments.engine.standing import State

	tables = (wording.CATEGORY_LABELS, wording.NOT_VALID, wording.WHOSE_CLASS, wording.WHY_SENTENCES)
	for table in tables:
		yield from (Shown(text, "customer_tax/engine/wording.py") for text in table.values())
	yield from (Shown(kind.value, "customer_tax/engine/wording.py") for kind in wording.NoteKind)
	for text in ("Line {lines} – {sentence}", "Lines {lines} – {sentence}", "Not classified"):
		yield Shown(text, "customer_tax/engine/wording.py")
	yield Shown("VAT: {treatment}, {why}.", "customer_tax/engine/wording.py")
	yield from (Shown(flaw.value, "customer_tax/engine/tax_class.py") for flaw in tax_class.Flaw)
	yield from (Shown(seed.title, "customer_tax/seeds.py") for seed in SEEDS)
	yield from messages_of("instalments")
	yield from (Shown(state.value, "instalments/engine/standing.py") for state in State)
	yield from (Shown(column.en, "instalments/engine/opening_model.py") for column in COLUMNS)
	for module in ("checks/buyers", "documents/taxes", *_ADVANCES):
		yield from sentences_of(PACKAGE / "e_invoicing" / f"{module}.py")


def sentences_of(path: Path) -> Iterator[Shown]:
	"""The module's constants that are sentences with parameters."""
	for node in ast.parse(path.read_text(encoding="utf-8")).body:
		if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
			if isinstance(node.value.value, str) and "{" in node.value.value:
				yield Shown(node.value.value, place(path))


class _Blank(MetaPathFinder, Loader):
	"""Makes an empty stand-in of each module of Frappe, so that modules which import it can be read."""

	def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
		known = fullname.split(".")[0] in ("frappe", "erpnext")
		return ModuleSpec(fullname, self, is_package=True) if known else None

	def create_module(self, spec: ModuleSpec) -> ModuleType:
		return _BlankModule(spec.name)

	def exec_module(self, module: ModuleType) -> None:
		module.__path__ = []


class _BlankModule(ModuleType):
	def __getattr__(self, name: str) -> Any:
		if name.startswith("__"):
			raise AttributeError(name)
		if name == "_":
			return str
		return (
			Exception if name.endswith("Error") else type(name, (), {}) if name == "Document" else MagicMock()
		)


def print_installed() -> None:
	sys.path.insert(0, str(PACKAGE.parent))
	sys.meta_path.insert(0, _Blank())
	found = {}
	for path in sorted(PACKAGE.glob("*/install.py")):
		if path.parent.name != "setup":
			installer = importlib.import_module(f"saudi_crm_billing.{path.parent.name}.install")
			found[place(path)] = {
				"roles": getattr(installer, "ROLES", []),
				"templates": [row["template_name"] for row in getattr(installer, "TEMPLATES", ())],
				"fields": installer.CUSTOM_FIELDS,
			}
	print(json.dumps(found))


if __name__ == "__main__":
	print_installed()
