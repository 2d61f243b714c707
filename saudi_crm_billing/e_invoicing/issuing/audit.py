"""Audits the chains of units as they are stored: reads only, page by page, as of one moment.

Counter and documents are read in one transaction, so documents that are issued meanwhile are not taken for a fault.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.query_builder.functions import Count, Min
from pypika import Criterion, Field

from saudi_crm_billing.e_invoicing.devices import units
from saudi_crm_billing.e_invoicing.engine.audit import AuditFinding, ChainAudit, Counter, Repeated
from saudi_crm_billing.e_invoicing.engine.stored_xml import StoredDocument
from saudi_crm_billing.e_invoicing.issuing import traces

DOCUMENT = "ZATCA Document"
COUNTER = "ZATCA Unit Counter"
PAGE = 100
# A chain that is broken throughout is known to be so without naming every document.
MOST_FINDINGS = 1000
COLUMNS = (
	"name",
	"icv",
	"previous_hash",
	"invoice_hash",
	"uuid",
	"qr",
	"xml",
	"cleared_xml",
	"stamp_differs",
)


class UnknownUnit(ValueError):
	"""There is no such unit."""


@dataclass
class UnitAudit:
	"""What the audit of one unit found: `count` findings, of which `findings` are the first `MOST_FINDINGS`."""

	unit: str
	company: str
	environment: str
	documents: int = 0
	last_icv: int = 0
	last_hash: str = ""
	count: int = 0
	findings: list[AuditFinding] = field(default_factory=list)

	@property
	def whole(self) -> bool:
		return not self.count


def audit(names: Sequence[str] | None = None, *, from_icv: int = 1) -> Iterator[UnitAudit]:
	"""Each unit of `names` (None: all there are), in order of names, from a counter value on.

	Raises `UnknownUnit`. Takes about a millisecond a document.
	"""
	filters = {"name": ("in", [*names, ""])} if names is not None else {}
	fields = ["name", "company", "environment", "certificate"]
	rows = frappe.get_all(units.UNIT, filters, fields, order_by="name")
	if unknown := set(names or ()) - {row.name for row in rows}:
		raise UnknownUnit(_("There is no ZATCA Unit {0}.").format(", ".join(sorted(unknown))))
	elsewhere = traces.of_units([row.name for row in rows])
	for row in rows:
		result = UnitAudit(row.name, row.company, row.environment or "")
		chain = _start(row.name, max(from_icv, 1))
		chain.certificate = row.certificate or ""
		yield _audit(result, chain, elsewhere[row.name])


def _audit(result: UnitAudit, chain: ChainAudit, elsewhere: Iterable[AuditFinding]) -> UnitAudit:
	rows = _documents(result.unit, chain.last_icv)
	for finding in itertools.chain(
		chain.walk(rows, _repeated(result.unit), _counter(result.unit)), elsewhere
	):
		result.count += 1
		if len(result.findings) < MOST_FINDINGS:
			result.findings.append(finding)
	result.documents, result.last_icv = chain.documents, chain.last_icv
	result.last_hash = chain.last_hashes[-1]
	return result


def _start(unit: str, from_icv: int) -> ChainAudit:
	"""A walk that begins after the last document before `from_icv`."""
	table = DocType(DOCUMENT)
	before = (
		frappe.qb.from_(table)
		.select(table.icv, table.invoice_hash)
		.where((table.unit == unit) & (table.icv < from_icv))
		.orderby(table.icv, order=frappe.qb.desc)
		.limit(1)
	).run()
	return ChainAudit(int(before[0][0]), (before[0][1],)) if before else ChainAudit()


def _documents(unit: str, after: int) -> Iterator[StoredDocument]:
	"""The unit's documents by counter value, then name; a page of counter values at a time, however long the chain."""
	while (first := _next_icv(unit, after)) is not None:
		after = first + PAGE - 1
		for row in sorted(_page(unit, first, after), key=lambda row: (row[1], row[0])):
			yield _stored(*row)


def _next_icv(unit: str, after: int) -> int | None:
	table = DocType(DOCUMENT)
	query = frappe.qb.from_(table).select(Min(table.icv)).where((table.unit == unit) & (table.icv > after))
	found: int | None = query.run()[0][0]
	return found


def _page(unit: str, first: int, last: int) -> tuple[tuple[Any, ...], ...]:
	"""Read without an order: to sort by name too, the database would read all that follows for every page."""
	table = DocType(DOCUMENT)
	columns = [table[name] for name in COLUMNS]
	return (
		frappe.qb.from_(table)
		.select(*columns)
		.where((table.unit == unit) & (table.icv >= first) & (table.icv <= last))
	).run()


def _stored(
	name: str,
	icv: int,
	previous_hash: str | None,
	invoice_hash: str | None,
	uuid: str | None,
	qr: str | None,
	xml: str | None,
	cleared_xml: str | None,
	stamp_differs: int,
) -> StoredDocument:
	return StoredDocument(
		name=name,
		icv=int(icv),
		previous_hash=previous_hash or "",
		invoice_hash=invoice_hash or "",
		uuid=uuid or "",
		qr=qr or "",
		xml=(xml or "").encode(),
		cleared_xml=cleared_xml.encode() if cleared_xml else None,
		stamp_differs=bool(stamp_differs),
	)


def _counter(unit: str) -> Counter | None:
	row = frappe.db.get_value(COUNTER, {"unit": unit}, ("last_icv", "last_hash"))
	return Counter(int(row[0] or 0), row[1] or "") if row else None


def _repeated(unit: str) -> Repeated:
	"""Values that more than one document has: the predecessor's hash in the unit, the others on the whole site."""
	table = DocType(DOCUMENT)
	return Repeated(
		uuids=_twice(table.uuid),
		hashes=_twice(table.invoice_hash),
		previous_hashes=_twice(table.previous_hash, table.unit == unit),
	)


def _twice(column: Field, where: Criterion | None = None) -> dict[str, str]:
	"""Each value of the column that occurs more than once, and the first document that has it."""
	table = DocType(DOCUMENT)
	query = frappe.qb.from_(table).select(column, Min(table.name)).groupby(column).having(Count("*") > 1)
	return dict((query.where(where) if where is not None else query).run())
