"""The audit of a chain: a whole one says nothing, and each way of tampering with it is named at its document."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import e_invoice_samples as samples
import pytest

from saudi_crm_billing.e_invoicing.engine.audit import AuditFinding, ChainAudit, Counter, Repeated
from saudi_crm_billing.e_invoicing.engine.hashing import FIRST_PREVIOUS_HASH, invoice_hash
from saudi_crm_billing.e_invoicing.engine.signing import CERTIFICATE, sign
from saudi_crm_billing.e_invoicing.engine.stored_xml import StoredDocument, problems
from saudi_crm_billing.e_invoicing.engine.texts import TEXTS
from saudi_crm_billing.e_invoicing.engine.xml import parse, text_at


def a_document(icv: int, previous_hash: str) -> StoredDocument:
	uuid = f"8e6000cf-1a98-4174-b3e7-{icv:012d}"
	invoice = samples.a_simplified_invoice(icv=icv, previous_hash=previous_hash, uuid=uuid)
	signed = samples.signed(invoice)
	return StoredDocument(
		name=f"Riyadh-{icv:06d}",
		icv=icv,
		previous_hash=previous_hash,
		invoice_hash=signed.invoice_hash,
		uuid=uuid,
		qr=signed.qr,
		xml=signed.xml,
	)


def a_chain(length: int) -> list[StoredDocument]:
	rows: list[StoredDocument] = []
	for icv in range(1, length + 1):
		rows.append(a_document(icv, rows[-1].invoice_hash if rows else FIRST_PREVIOUS_HASH))
	return rows


def counter_of(rows: list[StoredDocument]) -> Counter:
	return Counter(rows[-1].icv, rows[-1].invoice_hash)


def audit(
	rows: list[StoredDocument], counter: Counter | None, repeated: Repeated | None = None
) -> list[AuditFinding]:
	return list(ChainAudit().walk(rows, repeated or Repeated(), counter))


def said(found: list[AuditFinding]) -> list[tuple[str, int]]:
	return [(finding.problem.code, finding.icv) for finding in found]


def test_a_whole_chain_has_no_findings() -> None:
	rows = a_chain(5)
	assert audit(rows, counter_of(rows)) == []


def test_a_unit_that_has_issued_nothing_is_whole() -> None:
	assert audit([], Counter(0, FIRST_PREVIOUS_HASH)) == []
	assert audit([], None) == []


def test_a_gap_is_named_with_what_is_before_it() -> None:
	rows = a_chain(4)
	counter = counter_of(rows)
	del rows[1]
	(found,) = audit(rows, counter)
	assert (found.document, found.problem.code) == ("Riyadh-000003", "chain-gap")
	assert found.problem.message_en == "After counter 1 comes 3: counters in between are missing."


def test_a_missing_first_document_is_a_gap() -> None:
	rows = a_chain(2)
	assert said(audit(rows[1:], counter_of(rows))) == [("chain-gap", 2)]


def test_a_wrong_first_hash() -> None:
	rows = [a_document(1, a_document(9, FIRST_PREVIOUS_HASH).invoice_hash)]
	(found,) = audit(rows, counter_of(rows))
	assert found.problem.code == "chain-genesis"
	assert found.problem.params["expected"] == FIRST_PREVIOUS_HASH


def test_a_counter_value_used_twice_is_a_duplicate_and_a_fork() -> None:
	rows = a_chain(3)
	twin = replace(a_document(2, rows[0].invoice_hash), name="Riyadh-twin")
	rows.insert(2, twin)
	repeated = Repeated(previous_hashes={rows[1].previous_hash: rows[1].name})
	assert said(audit(rows, counter_of(rows), repeated))[:2] == [("chain-duplicate", 2), ("audit-fork", 2)]


def test_two_documents_that_continue_from_one_are_a_fork() -> None:
	rows = a_chain(2)
	rows.append(a_document(3, rows[0].invoice_hash))
	repeated = Repeated(previous_hashes={rows[0].invoice_hash: rows[1].name})
	found = audit(rows, counter_of(rows), repeated)
	assert said(found) == [("chain-broken", 3), ("audit-fork", 3)]
	assert "names the same predecessor as Riyadh-000002" in found[1].problem.message_en


def test_repeated_uuids_and_hashes_are_named_at_the_later_document() -> None:
	rows = a_chain(2)
	repeated = Repeated(
		uuids={rows[0].uuid: rows[0].name, rows[1].uuid: rows[0].name},
		hashes={rows[1].invoice_hash: rows[0].name},
	)
	assert said(audit(rows, counter_of(rows), repeated)) == [("audit-same-uuid", 2), ("audit-same-hash", 2)]


def test_documents_missing_at_the_end_show_in_the_counter() -> None:
	rows = a_chain(3)
	(found,) = audit(rows[:2], counter_of(rows))
	assert (found.document, found.problem.code) == ("Riyadh-000002", "audit-counter")
	assert "stands at 3, but its last document has 2" in found.problem.message_en


def test_a_counter_that_was_set_back_shows() -> None:
	rows = a_chain(2)
	assert said(audit(rows, Counter(0, FIRST_PREVIOUS_HASH))) == [("audit-counter", 2)]


def test_a_counter_with_another_hash_shows() -> None:
	rows = a_chain(2)
	assert said(audit(rows, Counter(2, rows[0].invoice_hash))) == [("audit-counter-hash", 2)]


def test_documents_without_a_counter() -> None:
	assert said(audit(a_chain(1), None)) == [("audit-no-counter", 1)]


def test_a_window_of_a_longer_chain() -> None:
	rows = a_chain(4)
	window = ChainAudit(last_icv=2, last_hashes=(rows[1].invoice_hash,))
	assert list(window.walk(rows[2:], Repeated(), counter_of(rows))) == []
	elsewhere = ChainAudit(last_icv=2, last_hashes=(rows[0].invoice_hash,))
	assert said(list(elsewhere.walk(rows[2:], Repeated(), counter_of(rows)))) == [("chain-broken", 3)]


def codes(row: StoredDocument) -> list[str]:
	return [problem.code for problem in problems(row)]


def test_an_altered_amount_changes_the_hash() -> None:
	row = a_document(1, FIRST_PREVIOUS_HASH)
	altered = row.xml.replace(b"1750.00", b"1750.01")
	assert altered != row.xml
	assert codes(replace(row, xml=altered)) == ["audit-hash"]


def test_an_altered_document_with_its_hash_made_anew_lacks_the_signature() -> None:
	row = a_document(1, FIRST_PREVIOUS_HASH)
	altered = row.xml.replace(b"1750.00", b"1750.01")
	assert codes(replace(row, xml=altered, invoice_hash=invoice_hash(altered))) == ["audit-signature"]


def test_a_second_qr_code_is_not_left_out_of_the_hash_unseen() -> None:
	row = a_document(1, FIRST_PREVIOUS_HASH)
	start = row.xml.index(b"<cac:AdditionalDocumentReference><cbc:ID>QR")
	end = row.xml.index(b"</cac:AdditionalDocumentReference>", start) + len(
		b"</cac:AdditionalDocumentReference>"
	)
	doubled = row.xml[:end] + row.xml[start:end] + row.xml[end:]
	assert codes(replace(row, xml=doubled)) == ["audit-hash"]


@pytest.mark.parametrize(
	("changes", "code"),
	[
		({"icv": 7}, "audit-icv"),
		({"previous_hash": "another"}, "audit-previous"),
		({"uuid": "another"}, "audit-uuid"),
		({"qr": "another"}, "audit-qr"),
		({"invoice_hash": "another"}, "audit-hash"),
		({"xml": b"<Invoice/>"}, "audit-unreadable"),
	],
)
def test_a_row_that_was_altered_no_longer_fits_its_xml(changes: dict[str, object], code: str) -> None:
	assert codes(replace(a_document(1, FIRST_PREVIOUS_HASH), **changes)) == [code]


def test_an_unreadable_document_says_why_in_both_languages() -> None:
	(problem,) = problems(replace(a_document(1, FIRST_PREVIOUS_HASH), xml=b"<a/>"))
	assert "The root element is a" in problem.message_en
	assert "العنصر الجذري" in problem.message_ar


INVOICE = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">%b</Invoice>'
LONG = b"<!DOCTYPE Invoice [<!ENTITY a '" + b"x" * 10_000 + b"'>]>" + INVOICE % (b"&a;" * 10_000)
HOSTILE = {
	"entities": (LONG, "document type or entities"),
	"a file": (
		b"<!DOCTYPE Invoice [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + INVOICE % b"&a;",
		"document type",
	),
	"large": (INVOICE % (b"x" * 10_000_000), "at most 10000000"),
	"tags": (INVOICE % (b"<a/>" * 600_000), "more than 600000 tags"),
	"deep": (INVOICE % (b"<a>" * 300_000), "not well-formed"),
}


@pytest.mark.parametrize("field", ["xml", "cleared_xml"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_document_in_the_database_is_a_finding(kind: str, field: str) -> None:
	"""By the reader that tests/faults/test_hostile_files.py measures."""
	xml, said = HOSTILE[kind]
	(problem,) = problems(replace(a_document(1, FIRST_PREVIOUS_HASH), **{field: xml}))
	assert problem.code == "audit-unreadable"
	assert said in problem.message_en


def stamped(row: StoredDocument, uuid: str = "") -> StoredDocument:
	"""The same document, stamped by another: signed anew with another's certificate."""
	zatca = samples.a_test_certificate("300000000000003")
	xml = row.xml.replace(row.uuid.encode(), uuid.encode()) if uuid else row.xml
	signed = sign(xml, zatca.key_pem, zatca.certificate, samples.SIGNED_AT)
	return replace(row, cleared_xml=signed.xml, qr=signed.qr)


def test_a_stamped_document_is_whole_with_its_own_qr_code() -> None:
	assert codes(stamped(a_document(1, FIRST_PREVIOUS_HASH))) == []


def test_a_certificate_of_another_unit_is_named_and_line_breaks_do_not_matter() -> None:
	row = a_document(1, FIRST_PREVIOUS_HASH)
	own = text_at(parse(row.xml), CERTIFICATE)
	assert [problem.code for problem in problems(row, f"{own[:64]}\n{own[64:]}")] == []
	other = samples.a_test_certificate("another unit").certificate
	assert [problem.code for problem in problems(row, other)] == ["audit-certificate"]
	walk = ChainAudit(certificate=other).walk([row], Repeated(), counter_of([row]))
	assert said(list(walk)) == [("audit-certificate", 1)]


def test_a_stamped_document_that_was_altered() -> None:
	row = stamped(a_document(1, FIRST_PREVIOUS_HASH))
	assert row.cleared_xml is not None
	altered = row.cleared_xml.replace(b"1750.00", b"1750.01")
	assert codes(replace(row, cleared_xml=altered)) == ["audit-stamped"]


def test_a_stamped_document_of_another() -> None:
	row = stamped(a_document(1, FIRST_PREVIOUS_HASH), uuid="8e6000cf-1a98-4174-b3e7-999999999999")
	assert codes(row) == ["audit-stamped-other"]


def test_a_stamped_document_that_says_something_else() -> None:
	"""Whole in itself and with the document's UUID, but not what was issued."""
	row = a_document(1, FIRST_PREVIOUS_HASH)
	other = stamped(replace(row, xml=row.xml.replace(b"1750.00", b"1750.01")))
	assert codes(replace(other, xml=row.xml)) == ["audit-stamped-content"]


def test_a_stamped_document_that_is_laid_out_anew_says_the_same() -> None:
	row = a_document(1, FIRST_PREVIOUS_HASH)
	spaced = stamped(replace(row, xml=row.xml.replace(b"<cbc:UUID>", b"\n\n    <cbc:UUID>")))
	assert spaced.cleared_xml is not None and invoice_hash(spaced.cleared_xml) != row.invoice_hash
	assert codes(replace(spaced, xml=row.xml)) == []


def test_a_stamped_document_that_was_not_taken_is_a_finding() -> None:
	row = a_document(1, FIRST_PREVIOUS_HASH)
	assert codes(replace(row, stamp_differs=True)) == ["audit-stamped-content"]


def test_the_walk_holds_no_more_than_one_document() -> None:
	row = a_document(1, FIRST_PREVIOUS_HASH)

	def peak(count: int) -> int:
		tracemalloc.start()
		rows: Iterator[StoredDocument] = (replace(row, xml=bytes(row.xml)) for _number in range(count))
		for _finding in ChainAudit().walk(rows, Repeated(), None):
			pass
		size = tracemalloc.get_traced_memory()[1]
		tracemalloc.stop()
		return size

	peak(50)
	assert peak(400) < 1.2 * peak(50)


def test_every_code_has_both_texts() -> None:
	for code in (code for code in TEXTS if code.startswith("audit-")):
		assert all(TEXTS[code])
