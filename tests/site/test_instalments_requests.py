"""Payment requests of single instalments: never more than is owed, never twice, closed by themselves, and their page."""

from __future__ import annotations

from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlparse

import factories as make
import frappe
import instalments_helpers as kit
import pytest
from frappe.model.document import Document
from frappe.utils import add_to_date

from saudi_crm_billing import compat, job_queue, signed_links
from saudi_crm_billing.instalments.requests import api
from saudi_crm_billing.instalments.requests.gateway import fetch

pytestmark = pytest.mark.usefixtures("site")


def ask(invoice: Document, *numbers: int) -> list[Document]:
	made = api.request_instalments(invoice.name, list(numbers))
	return [frappe.get_doc("Payment Request", one["name"]) for one in made]


def state(request: Document) -> tuple[str, int, float]:
	request.reload()
	return request.status, request.docstatus, request.outstanding_amount


def pay_through(request: Document, amount: float | None = None) -> Document:
	payment = request.create_payment_entry(submit=False)
	payment.reference_no, payment.paid_to = "TEST", make.account("Cash")
	payment.paid_to_account_currency = "SAR"
	if amount:
		payment.paid_amount = payment.received_amount = amount
		payment.references[0].allocated_amount = amount
	payment.insert().submit()
	return kit.commit(payment)


def page(site: ModuleType, link: str = "", **query: str) -> tuple[int, str]:
	from frappe.utils import set_request
	from frappe.website.serve import get_response

	query = query or {name: value for name, (value,) in parse_qs(urlparse(link).query).items()}
	site.set_user("Guest")
	set_request(method="GET", path="/instalment_payment", query_string=query)
	site.local.request_ip = "192.0.2.1"
	site.local.form_dict = site._dict(query)
	response = get_response("instalment_payment")
	site.set_user("Administrator")
	return response.status_code, response.get_data(as_text=True)


def test_the_next_due_instalment_is_asked_for() -> None:
	invoice = kit.a_plan_invoice(300)
	kit.pay(invoice, 130)
	(request,) = ask(invoice)
	row = frappe.get_doc("Instalment Plan", invoice.scb_instalment_plan).instalments[1]
	assert (request.grand_total, request.outstanding_amount, request.docstatus, request.status) == (
		70,
		70,
		1,
		"Requested",
	)
	assert (request.scb_instalment_number, request.scb_due_date, request.scb_due_date_hijri) == (
		2, row.due_date, row.due_date_hijri,
	)  # fmt: skip
	assert (request.party, request.reference_name, request.currency) == (
		invoice.customer,
		invoice.name,
		"SAR",
	)
	assert request.subject == f"Instalment 2 of {invoice.name}"
	assert [r["request"] for r in api.requestable(invoice.name)["rows"]] == [request.name, None]


def test_chosen_instalments_are_asked_for_one_each_and_never_twice() -> None:
	invoice = kit.a_plan_invoice(300)
	first, third = ask(invoice, 3, 1)
	assert (first.scb_instalment_number, third.scb_instalment_number) == (1, 3)
	with pytest.raises(
		frappe.ValidationError, match=f"Instalment 3 of {invoice.name} is asked for already, by {third.name}"
	):
		ask(invoice, 3)
	ask(invoice)
	with pytest.raises(frappe.ValidationError, match=r"Every instalment of .* is paid or asked for already"):
		ask(invoice)


def test_what_cannot_be_asked_for_is_refused() -> None:
	invoice = kit.a_plan_invoice(300)
	kit.pay(invoice, 100)
	with pytest.raises(frappe.ValidationError, match=f"Instalment 1 of {invoice.name} owes nothing"):
		ask(invoice, 1)
	with pytest.raises(
		frappe.ValidationError, match=f"{invoice.name} has no instalment 9. Choose one from 1 to 3"
	):
		ask(invoice, 9)
	plain = make.a_sales_invoice(disable_rounded_total=1).insert().submit()
	with pytest.raises(
		frappe.ValidationError,
		match=f"{plain.name} has no instalment plan. Ask for all that it owes with Create",
	):
		ask(plain)
	draft = make.a_sales_invoice(scb_plan_template=kit.a_template()).insert()
	with pytest.raises(
		frappe.ValidationError,
		match=f"The plan of {draft.name} is Draft. Choose an invoice that is submitted and not cancelled",
	):
		ask(draft)


def test_no_more_is_asked_for_than_the_invoice_owes() -> None:
	from erpnext.accounts.doctype.payment_request.payment_request import make_payment_request

	invoice = kit.a_plan_invoice(300)
	whole = make_payment_request(
		dt="Sales Invoice", dn=invoice.name, submit_doc=1, mute_email=1, return_doc=1
	)
	with pytest.raises(
		frappe.ValidationError,
		match=f"owes 300.00, of which 300.00 are asked for by {whole.name}: 100.00 more",
	):
		ask(invoice, 1)


def test_paid_through_the_request() -> None:
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice)
	payment = pay_through(request)
	assert state(request) == ("Paid", 1, 0) and kit.outstanding(invoice) == [0, 100, 100]
	payment.cancel()
	frappe.db.commit()
	assert state(request) == ("Requested", 1, 100) and kit.outstanding(invoice) == [100, 100, 100]


def directions(payment: Document) -> list[tuple[int, float, str, str]]:
	fields = ["number", "amount", "status", "reason"]
	rows = frappe.get_all("Instalment Direction", {"voucher_no": payment.name}, fields, as_list=True)
	return [tuple(row) for row in rows]


def test_what_is_paid_through_a_request_settles_the_instalment_that_it_asks_for(site: ModuleType) -> None:
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 3)
	payment = pay_through(request)
	assert directions(payment) == [(3, 100, "In Force", f"Paid through {request.name}.")]
	assert kit.outstanding(invoice) == [100, 100, 0]
	assert state(request) == ("Paid", 1, 0)
	assert "This instalment has been paid" in page(site, api.payment_link(request.name)["link"])[1]
	payment.reload().cancel()
	frappe.db.commit()
	assert kit.outstanding(invoice) == [100, 100, 100] and directions(payment)[0][2] == "Lapsed"
	assert state(request) == ("Requested", 1, 100)


def test_where_no_payment_is_directed_the_page_says_only_that_it_came(site: ModuleType) -> None:
	make.insert("Instalment Settings", company=make.COMPANY, allow_directed=0)
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 3)
	payment = pay_through(request)
	assert directions(payment) == [] and kit.outstanding(invoice) == [0, 100, 100]
	status, text = page(site, api.payment_link(request.name)["link"])
	assert status == 200 and "We have received your payment. Thank you." in text
	assert "This instalment has been paid" not in text and "Pay Online" not in text


def test_an_instalment_settled_otherwise_closes_its_request() -> None:
	invoice = kit.a_plan_invoice(300)
	first, second = ask(invoice, 1, 2)
	kit.a_journal_receipt(invoice, 150)
	assert state(first) == ("Cancelled", 2, 0)
	assert first.scb_closed_reason == f"Instalment 1 was settled otherwise ({frappe.utils.today()})."
	assert first.scb_closed_reason_ar == f"سُدّد القسط 1 بطريقة أخرى ({frappe.utils.today()})."
	assert state(second) == ("Requested", 1, 50)
	(again,) = ask(invoice, 3)
	assert again.grand_total == 100


def test_what_a_request_may_take_comes_back_when_a_settlement_is_undone() -> None:
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 1)
	journal = kit.a_journal_receipt(invoice, 40)
	assert state(request) == ("Requested", 1, 60)
	journal.cancel()
	frappe.db.commit()
	assert state(request) == ("Requested", 1, 100)


def test_paid_partly_through_it_and_the_rest_by_a_credit_note() -> None:
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 1)
	pay_through(request, 60)
	assert state(request) == ("Partially Paid", 1, 40)
	kit.a_credit_note(invoice, 40)
	assert state(request) == ("Paid", 1, 0)
	assert request.scb_closed_reason.startswith("Instalment 1 was settled otherwise")


def test_a_cancelled_invoice_closes_its_requests() -> None:
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 1)
	invoice.flags.ignore_links = True
	invoice.cancel()
	frappe.db.commit()
	assert state(request) == ("Cancelled", 2, 0)


def test_the_recompute_of_a_plan_without_requests_asks_for_no_more() -> None:
	invoice = kit.a_plan_invoice(300)
	kit.pay(invoice, 10)
	assert not frappe.get_all("Payment Request", {"scb_instalment_plan": invoice.scb_instalment_plan})


def test_a_draft_may_not_ask_for_more_than_is_owed() -> None:
	invoice = kit.a_plan_invoice(300)
	frappe.set_user(make.a_user("clerk@example.com", "Accounts User"))
	(draft,) = ask(invoice, 1)
	assert draft.docstatus == 0
	with pytest.raises(
		frappe.ValidationError, match=r"Instalment 1 owes 100\.00: a request of 100\.01 is too much"
	):
		draft.update({"grand_total": 100.01}).save()
	frappe.set_user("Administrator")
	kit.a_journal_receipt(invoice, 60)
	with pytest.raises(
		frappe.ValidationError, match=r"Instalment 1 owes 40\.00: a request of 100\.00 is too much"
	):
		draft.reload().submit()


def test_the_marks_of_a_request_are_not_forged_nor_copied() -> None:
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 1)
	copy = frappe.copy_doc(request)
	copy.update({"scb_instalment_plan": invoice.scb_instalment_plan, "scb_instalment_number": 2})
	assert copy.insert().scb_instalment_plan is None
	with pytest.raises(frappe.UpdateAfterSubmitError):
		request.update({"scb_instalment_number": 3}).save()


def test_where_core_asks_for_due_dates_itself_this_steps_aside(monkeypatch: pytest.MonkeyPatch) -> None:
	assert compat.payment_requests_know_due_dates() is False
	monkeypatch.setattr(compat, "payment_requests_know_due_dates", lambda: True)
	invoice = kit.a_plan_invoice(300)
	assert api.requestable(invoice.name)["by_core"] is True
	with pytest.raises(
		frappe.ValidationError, match="ERPNext makes payment requests of single due dates itself"
	):
		ask(invoice)


def test_who_may_ask_and_who_gets_links() -> None:
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 1)
	for name, roles in {"sales": ("Sales User",), "none": ()}.items():
		frappe.set_user("Administrator")
		frappe.set_user(make.a_user(f"{name}-asks@example.com", *roles))
		for call, argument in (
			(api.requestable, invoice.name),
			(api.request_instalments, invoice.name),
			(api.payment_link, request.name),
		):
			with pytest.raises(frappe.PermissionError):
				call(argument)
	frappe.set_user("Administrator")
	frappe.set_user(make.a_user("accounts-asks@example.com", "Accounts User"))
	(told,) = api.request_instalments(invoice.name)
	assert (told["number"], told["docstatus"], told["link"]) == (2, 0, "")
	with pytest.raises(frappe.ValidationError, match="is no submitted request of an instalment"):
		api.payment_link(told["name"])
	assert "/instalment_payment?" in api.payment_link(request.name)["link"]


def test_the_page_says_what_is_due_and_how_to_pay(site: ModuleType) -> None:
	a_bank_account()
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 1)
	link = api.payment_link(request.name)["link"]
	status, text = page(site, link)
	assert status == 200
	for shown in ("100.00", "SAR", str(request.scb_due_date), request.scb_due_date_hijri, invoice.name,
			make.COMPANY, "SA0380000000608010167519", request.name, "تاريخ الاستحقاق"):  # fmt: skip
		assert shown in text, shown
	assert "Pay Online" not in text
	kit.a_journal_receipt(invoice, 30)
	assert "70.00" in page(site, link)[1]


def test_the_gateways_link_is_closed_when_less_is_owed_than_it_charges(site: ModuleType) -> None:
	invoice = kit.a_plan_invoice(300)
	(request,) = ask(invoice, 1)
	waiting = make.insert("Integration Request", integration_request_service="Test Gateway", data="{}",
		status="Queued", reference_doctype="Payment Request", reference_docname=request.name)  # fmt: skip
	request.db_set("payment_url", "https://gateway.example/pay/1")
	link = api.payment_link(request.name)["link"]
	assert 'href="https://gateway.example/pay/1"' in page(site, link)[1]
	journal = kit.a_journal_receipt(invoice, 40)
	status, text = page(site, link)
	assert (status, "60.00" in text, "Pay Online" in text) == (200, True, False)
	assert "To pay online, please ask the seller for a new link." in text
	assert state(request) == ("Requested", 1, 60) and not request.payment_url
	assert request.scb_closed_reason.startswith(
		"The gateway's link charged 100.00, but 60.00 were owed: it was closed"
	)
	assert waiting.reload().status == "Cancelled"
	request.db_set("payment_url", "https://gateway.example/pay/1")
	assert "gateway.example" not in page(site, link)[1]
	request.db_set("payment_url", "")
	journal.cancel()
	frappe.db.commit()
	assert "To pay online, please ask the seller for a new link." in page(site, link)[1]


class Gateway:
	"""What stands in for a payment gateway, which is another's server."""

	def __init__(self) -> None:
		self.amounts: list[float] = []
		self.meanwhile: Any = lambda: None

	def validate_transaction_currency(self, currency: str) -> None:
		assert currency == "SAR"

	def get_payment_url(self, **values: Any) -> str:
		self.amounts.append(values["amount"])
		self.meanwhile()
		return f"https://gateway.example/pay/{values['order_id']}"


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
	from erpnext.accounts.doctype.payment_request import payment_request as core

	found = Gateway()
	monkeypatch.setattr(core, "_get_payment_gateway_controller", lambda name: found)
	return found


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
	jobs: list[dict[str, Any]] = []

	def enqueue(method: Any, **values: Any) -> None:
		jobs.append({"method": method, **values})

	monkeypatch.setattr(job_queue, "enqueue_after_commit", enqueue)
	return jobs


def an_account() -> str:
	"""Of a gateway that the site lacks: the app that knows gateways need not be installed."""
	values = {"payment_gateway": "Test Gateway", "currency": "SAR", "payment_account": make.account("Cash")}
	account = frappe.get_doc({"doctype": "Payment Gateway Account", **values})
	account.flags.ignore_links = True
	return str(account.insert().name)


def test_the_gateway_is_asked_for_its_link_after_the_commit_and_once(
	gateway: Gateway, queued: list[dict[str, Any]]
) -> None:
	invoice = kit.a_plan_invoice(300)
	(told,) = api.request_instalments(invoice.name, [1], an_account())
	assert gateway.amounts == []
	assert [job["request"] for job in queued if job["method"] is fetch] == [told["name"]]
	fetch(told["name"])
	fetch(told["name"])
	request = frappe.get_doc("Payment Request", told["name"])
	assert (gateway.amounts, request.status) == ([100], "Initiated")
	assert request.payment_url == f"https://gateway.example/pay/{request.name}"


def test_a_link_that_charges_what_is_no_longer_owed_is_not_kept(
	gateway: Gateway, queued: list[dict[str, Any]]
) -> None:
	invoice = kit.a_plan_invoice(300)
	(told,) = api.request_instalments(invoice.name, [1], an_account())
	frappe.db.commit()
	gateway.meanwhile = lambda: kit.a_journal_receipt(invoice, 40)
	fetch(told["name"])
	request = frappe.get_doc("Payment Request", told["name"])
	assert (gateway.amounts, request.payment_url or "", request.outstanding_amount) == ([100], "", 60)


def test_the_page_of_what_is_paid_or_closed_shows_no_way_to_pay(site: ModuleType) -> None:
	a_bank_account()
	invoice = kit.a_plan_invoice(300)
	first, second = ask(invoice, 1, 2)
	links = [api.payment_link(request.name)["link"] for request in (first, second)]
	pay_through(first)
	kit.a_journal_receipt(invoice, 100)
	status, text = page(site, links[0])
	assert status == 200 and "This instalment has been paid" in text and "SA0380" not in text
	status, text = page(site, links[1])
	assert status == 410 and "Nothing is to be paid by this link any more" in text
	assert invoice.name not in text and "SA0380" not in text


def test_a_link_that_is_not_good_shows_nothing(site: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
	invoice = kit.a_plan_invoice(300)
	first, second = ask(invoice, 1, 2)
	link = api.payment_link(first.name)["link"]
	(token,) = parse_qs(urlparse(link).query)["token"]
	plain = make.insert("Payment Request", reference_doctype="Sales Invoice", reference_name=invoice.name,
		grand_total=50, currency="SAR", party_type="Customer", party=invoice.customer)  # fmt: skip
	for query in (
		{"request": second.name, "token": token},
		{"request": first.name, "token": token[:-1] + ("A" if token[-1] != "A" else "B")},
		{"request": first.name, "token": ""},
		{"request": plain.name, "token": token},
		{"request": "no such request", "token": token},
	):
		status, text = page(site, **query)
		assert status == 403 and "This link is not valid" in text
		assert invoice.name not in text and "100.00" not in text
	later = add_to_date(None, days=30, seconds=5, as_datetime=True)
	monkeypatch.setattr(signed_links, "now_datetime", lambda: later)
	status, text = page(site, link)
	assert status == 410 and "This link has expired" in text and invoice.name not in text


def test_a_link_opens_no_other_request_of_the_same_instalment(site: ModuleType) -> None:
	invoice = kit.a_plan_invoice(300)
	(first,) = ask(invoice, 1)
	(token,) = parse_qs(urlparse(api.payment_link(first.name)["link"]).query)["token"]
	first.cancel()
	(again,) = ask(invoice, 1)
	assert page(site, request=again.name, token=token)[0] == 403
	assert page(site, request=first.name, token=token)[0] == 410


def test_the_company_says_how_long_a_link_lives() -> None:
	make.insert("Instalment Settings", company=make.COMPANY, request_link_days=3)
	(told,) = api.request_instalments(kit.a_plan_invoice(300).name)
	assert told["expires"][:10] == str(frappe.utils.add_days(frappe.utils.nowdate(), 3))


def a_bank_account(**values: Any) -> None:
	bank = make.insert("Bank", bank_name="Bank of Tests").name
	make.insert("Bank Account", account_name="Main", bank=bank, is_company_account=1, company=make.COMPANY,
		account=make.account("Cash"), iban="SA0380000000608010167519", is_default=1, **values)  # fmt: skip
