"""Every whitelisted function of the app × who calls it: allowed or refused, as one table.

A new whitelisted function fails `test_every_function_has_a_row` until it has one. To add a row: its dotted path below
the package, its arguments from `Ground` (what stands on the site), who may call it, and, if it speaks to a gateway, sends
or deletes, the function behind the permission check that a call stops at.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import collection_kit
import crm_billing_helpers as billing
import e_invoicing_helpers as zatca
import factories as make
import frappe
import instalments_helpers as plans
import opening_helpers as opening_kit
import pytest
import settling_helpers as settle
from e_invoicing_fixtures import gateway, sandbox, unit
from erpnext.accounts.doctype.payment_request.payment_request import make_payment_request
from frappe.model.document import Document

import saudi_crm_billing
from saudi_crm_billing.instalments.directing.api import direct

__all__ = ["gateway", "sandbox", "unit"]

GUEST, WEBSITE = "Guest", "website"
SALES_USER, SALES_MANAGER = "sales user", "sales manager"
ACCOUNTS_USER, ACCOUNTS_MANAGER = "accounts user", "accounts manager"
SYSTEM_MANAGER = "system manager"
# Has the roles of both managers, and a User Permission for another company.
OTHER_COMPANY = "manager of another company"
ROLES = {
	WEBSITE: (),
	SALES_USER: ("Sales User",),
	SALES_MANAGER: ("Sales Manager",),
	ACCOUNTS_USER: ("Accounts User",),
	ACCOUNTS_MANAGER: ("Accounts Manager",),
	SYSTEM_MANAGER: ("System Manager",),
	OTHER_COMPANY: ("Sales Manager", "Accounts Manager"),
}
CALLERS = (GUEST, *ROLES)

EVERYBODY = frozenset(CALLERS)
SALES = frozenset({SALES_USER, SALES_MANAGER})
ACCOUNTS = frozenset({ACCOUNTS_USER, ACCOUNTS_MANAGER})
UNIT_KEEPERS = frozenset({ACCOUNTS_MANAGER, SYSTEM_MANAGER})
NO_COMPANY = OTHER_COMPANY
"""Where no record of a company is asked for, a manager of any company may ask."""


@dataclass(frozen=True)
class Ground:
	"""Names of what stands on the site."""

	unit: str
	invoice: str
	customer: str
	plan: str
	document: str
	draft: dict[str, Any]
	quotation: str
	opportunity: str
	run: str
	payment: str
	opening: str
	quote: str
	request: str
	note: str
	planned: str
	planned_plans: str
	paid: str
	direction: str
	offered: str


@dataclass(frozen=True)
class Row:
	may: frozenset[str]
	arguments: Callable[[Ground], dict[str, Any]]
	stops_at: str = ""


def row(*may: frozenset[str] | str, stops_at: str = "", **arguments: Any) -> Row:
	"""`arguments` are values, or names of fields of `Ground` with a leading `:`."""
	callers = frozenset().union(*(who if isinstance(who, frozenset) else {who} for who in may))

	def of(ground: Ground) -> dict[str, Any]:
		return {
			name: getattr(ground, value[1:]) if isinstance(value, str) and value.startswith(":") else value
			for name, value in arguments.items()
		}

	return Row(callers, of, stops_at)


E_INVOICING = {
	"api.onboard_unit": row(UNIT_KEEPERS, unit=":unit", password="1", stops_at="e_invoicing.devices.onboarding.onboard"),
	"api.check_readiness": row(UNIT_KEEPERS, unit=":unit"),
	"api.propose_unit": row(UNIT_KEEPERS, company=make.COMPANY),
	"api.check_unit": row(UNIT_KEEPERS, unit=":unit", stops_at="e_invoicing.devices.connection.check"),
	"api.retire_unit": row(UNIT_KEEPERS, unit=":unit", stops_at="e_invoicing.devices.succession.retire"),
	"api.send_now": row(ACCOUNTS, document=":document", stops_at="e_invoicing.sending.outbox.send"),
	"api.issue_again": row(ACCOUNTS, document=":document", stops_at="e_invoicing.issuing.reissue.issue_again"),
	"api.download_xml": row(ACCOUNTS, document=":document"),
	"api.download_pdf": row(ACCOUNTS, document=":document", stops_at="e_invoicing.prints.pdf.for_buyer"),
	"api.hand_over_uncleared": row(
		ACCOUNTS, document=":document", stops_at="e_invoicing.prints.uncleared.hand_over"
	),
	"api.next_step": row(ACCOUNTS, invoice=":invoice"),
	"api.make_debit_note": row(ACCOUNTS, source_name=":invoice"),
	"devices.unit_api.renew_unit": row(UNIT_KEEPERS, unit=":unit", password="1", stops_at="e_invoicing.devices.onboarding.renew"),
	"devices.unit_api.move_unit": row(UNIT_KEEPERS, unit=":unit", environment="Simulation"),
	"devices.unit_api.onboarding_steps": row(UNIT_KEEPERS, unit=":unit"),
	"devices.unit_api.check_request": row(UNIT_KEEPERS, NO_COMPANY, values="{}"),
	# Core itself asks for the right to read an address, as when the draft is saved: a manager alone has none.
	"checks.draft_api.check_draft": row(ACCOUNTS_USER, draft=":draft"),
	"advances.api.make_refund": row(ACCOUNTS, source_name=":payment"),
	"advances.api.make_credit_note": row(ACCOUNTS, source_name=":payment"),
}  # fmt: skip
CUSTOMER_TAX = {
	"api.explain": row(ACCOUNTS, doctype="Sales Invoice", name=":invoice"),
	"api.propose_setup": row(UNIT_KEEPERS, company=make.COMPANY),
}
INSTALMENTS = {
	"api.preview": row(
		SALES, NO_COMPANY, doctype="Quotation", template="Equal monthly", total=1, document_date="2026-11-22"
	),
	"api.plan_balances": row(ACCOUNTS, doctype="Sales Invoice", name=":invoice"),
	"api.recompute_plans": row(ACCOUNTS, plans=":planned_plans"),
	"directing.api.directable": row(ACCOUNTS, sales_invoice=":planned"),
	"directing.api.direct": row(
		ACCOUNTS, sales_invoice=":planned", voucher_type="Payment Entry", voucher_no=":paid", number=1, amount=1, reason="asked",
	),
	"directing.api.withdraw": row(ACCOUNTS, direction=":direction"),
	"offering.api.compare": row(SALES, doc=":offered", stops_at="instalments.offering.api.simulate"),
	"offering.api.templates_query": row(
		SALES, ACCOUNTS, SYSTEM_MANAGER, NO_COMPANY, doctype="Instalment Plan Template", txt="", searchfield="name",
		start=0, page_len=20, filters={"company": make.COMPANY},
	),
	"settling.api.receive_payment": row(
		ACCOUNTS, quote=":quote", stops_at="instalments.settling.receiving.receive"
	),
	"settling.api.write_off_choices": row(ACCOUNTS, plan=":plan"),
	"panels.api.plan_panel": row(ACCOUNTS, SALES, SYSTEM_MANAGER, plan=":plan"),
	"panels.api.customer_panel": row(ACCOUNTS, SALES, NO_COMPANY, customer=":customer"),
	"panels.cards.late_instalments": row(ACCOUNTS, SALES, SYSTEM_MANAGER, NO_COMPANY),
	"panels.cards.due_this_week": row(ACCOUNTS, SALES, SYSTEM_MANAGER, NO_COMPANY),
	"panels.cards.instalments_outstanding": row(ACCOUNTS, SALES, SYSTEM_MANAGER, NO_COMPANY),
	"notes.api.draft_notes": row(ACCOUNTS, sales_invoice=":invoice"),
	"notes.api.draft_replacement": row(ACCOUNTS, SYSTEM_MANAGER, note=":note"),
	"notes.api.move_note": row(ACCOUNTS, note=":note", to="Issued"),
	"requests.api.requestable": row(ACCOUNTS, sales_invoice=":invoice"),
	"requests.api.request_instalments": row(ACCOUNTS, sales_invoice=":invoice"),
	"requests.api.payment_link": row(ACCOUNTS, request=":request"),
	"importing.api.check": row(UNIT_KEEPERS, name=":opening"),
	"importing.api.start": row(frozenset({ACCOUNTS_MANAGER}), name=":opening"),
	"importing.api.undo": row(frozenset({ACCOUNTS_MANAGER}), name=":opening"),
	"importing.api.download_template": row(UNIT_KEEPERS, NO_COMPANY),
	"prints.api.download": row(
		ACCOUNTS, wanted="schedule", doctype="Sales Invoice", name=":invoice",
		stops_at="instalments.prints.documents.make",
	),
	"prints.api.download_statement": row(
		SALES_USER, ACCOUNTS, customer=":customer", company=make.COMPANY, from_date="2026-01-01", to_date="2026-12-31",
		stops_at="instalments.prints.documents.make_statement",
	),
}  # fmt: skip
CRM_BILLING = {
	"api.mark_accepted": row(SALES, quotation=":quotation"),
	"api.acceptance_link": row(SALES, quotation=":quotation"),
	"api.accept_by_link": row(EVERYBODY, quotation=":quotation", token="forged"),
	"api.mark_won": row(SALES, opportunity=":opportunity"),
	"api.retry": row(UNIT_KEEPERS, SALES_MANAGER, run=":run"),
	"api.compare_with_order": row(ACCOUNTS, invoice=":invoice"),
	"api.send_invoice": row(ACCOUNTS, invoice=":invoice", stops_at="crm_billing.sending.send"),
}
COLLECTION = {
	"api.first_values": row(UNIT_KEEPERS, NO_COMPANY),
	"api.preview": row(ACCOUNTS, SALES_MANAGER, SYSTEM_MANAGER, company=make.COMPANY),
	"api.run_now": row(UNIT_KEEPERS, company=make.COMPANY, stops_at="collection.tasks.enqueue"),
}
SLICES = {
	"e_invoicing": E_INVOICING,
	"customer_tax": CUSTOMER_TAX,
	"instalments": INSTALMENTS,
	"crm_billing": CRM_BILLING,
	"collection": COLLECTION,
}
MATRIX = {f"{slice}.{path}": row for slice, rows in SLICES.items() for path, row in rows.items()}


class Reached(Exception):
	"""The call came past its permission check."""


def whitelisted() -> dict[str, Callable[..., Any]]:
	"""Every whitelisted function and method of the package, by its dotted path below it."""
	for name in modules():
		importlib.import_module(name)
	ours = [
		function for function in frappe.whitelisted if function.__module__.startswith("saudi_crm_billing.")
	]
	return {f"{function.__module__}.{function.__qualname__}".partition(".")[2]: function for function in ours}


def modules() -> set[str]:
	"""All modules of the package, also those that nothing else imports: a controller, a report, a page."""
	walked = pkgutil.walk_packages(saudi_crm_billing.__path__, "saudi_crm_billing.")
	return {module.name for module in walked if ".patches." not in module.name}


def users() -> dict[str, str]:
	found = {
		caller: make.a_user(f"{caller.replace(' ', '-')}@example.com", *roles)
		for caller, roles in ROLES.items()
	}
	if not frappe.db.exists("Company", "Elsewhere Co"):
		make.insert(
			"Company", company_name="Elsewhere Co", abbr="EC", country="Saudi Arabia", default_currency="SAR"
		)
	make.insert("User Permission", user=found[OTHER_COMPANY], allow="Company", for_value="Elsewhere Co")
	return {GUEST: GUEST, **found}


def a_plan() -> str:
	quotation = make.a_quotation(scb_plan_template=plans.a_template())
	return str(quotation.insert().scb_instalment_plan)


def a_note(customer: str) -> str:
	"""A draft of no instalments: what it lacks is told after the permission."""
	note = frappe.get_doc(
		{
			"doctype": "Promissory Note",
			"company": make.COMPANY,
			"customer": customer,
			"currency": "SAR",
			"at_sight": 1,
			"drawer_name": "Buyer",
		}
	)
	return str(note.insert(ignore_mandatory=True).name)


@pytest.fixture
def ground(unit: Document) -> Ground:
	invoice = zatca.submitted(zatca.an_invoice(zatca.a_business()))
	collection_kit.a_policy()
	billing.a_rule()
	quotation = billing.submitted_quotation()
	run = billing.accepted_run(billing.submitted_quotation())
	draft = zatca.an_invoice(zatca.a_business()).insert()
	planned = zatca.submitted(zatca.an_invoice(zatca.a_business(), scb_plan_template=plans.a_template()))
	paid = plans.pay(planned, 10)
	return Ground(
		planned=planned.name,
		planned_plans=frappe.as_json([planned.scb_instalment_plan]),
		paid=paid.name,
		direction=direct(planned.name, paid.doctype, paid.name, 2, 5, "asked"),
		offered=quotation.as_json(),
		unit=unit.name,
		invoice=invoice.name,
		customer=invoice.customer,
		plan=a_plan(),
		document=invoice.scb_zatca_document,
		draft=draft.as_dict(no_nulls=True),
		quotation=quotation.name,
		opportunity=billing.an_opportunity().name,
		run=run.name if run else "",
		payment=make.a_payment(invoice.name).insert().name,
		request=make_payment_request(
			dt="Sales Invoice", dn=invoice.name, submit_doc=1, mute_email=1, return_doc=1
		).name,
		note=a_note(invoice.customer),
		opening=opening_kit.an_import(opening_kit.as_csv([])).name,
		quote=settle.a_quote(planned).name,
	)


def test_no_file_of_the_package_is_overlooked() -> None:
	"""A folder without `__init__.py` is none to pkgutil, but Frappe would serve what is in it all the same."""
	package = Path(saudi_crm_billing.__path__[0])
	files = [path.relative_to(package.parent).with_suffix("") for path in package.rglob("*.py")]
	names = {".".join(path.parts).removesuffix(".__init__") for path in files if "patches" not in path.parts}
	assert names - modules() == {"saudi_crm_billing"}


def test_every_function_has_a_row(site: ModuleType) -> None:
	functions = set(whitelisted())
	assert sorted(functions - set(MATRIX)) == [], "add a row for each of these"
	assert sorted(set(MATRIX) - functions) == [], "these are no functions any more"


def test_functions_of_instalments_say_how_they_are_called(site: ModuleType) -> None:
	"""Without methods of its own a function is called by PUT and DELETE too; what writes, by POST alone."""
	methods = {
		path: set(frappe.allowed_http_methods_for_whitelisted_func[function])
		for path, function in whitelisted().items()
		if path.startswith("instalments.")
	}
	assert {path: named for path, named in methods.items() if named - {"GET", "POST"}} == {}
	assert methods["instalments.settling.api.receive_payment"] == {"POST"}
	assert methods["instalments.offering.api.templates_query"] == {"GET", "POST"}


def test_the_table_of_permissions(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
	functions, callers = whitelisted(), users()
	found: dict[str, set[str]] = {}
	for path in MATRIX:
		if path in functions:
			found[path] = {
				caller
				for caller in CALLERS
				if is_let_in(functions[path], MATRIX[path], ground, callers[caller])
			}
	assert {path: sorted(who) for path, who in found.items()} == {
		path: sorted(MATRIX[path].may) for path in found
	}


def is_let_in(function: Callable[..., Any], row: Row, ground: Ground, user: str) -> bool:
	"""As a request by `user`: the framework's own check, then the function's."""
	frappe.db.savepoint("before_call")
	frappe.set_user(user)
	with pytest.MonkeyPatch.context() as patch:
		if row.stops_at:
			patch.setattr(f"saudi_crm_billing.{row.stops_at}", stop)
		try:
			frappe.is_whitelisted(function)
			frappe.call(function, **row.arguments(ground))
		except frappe.PermissionError:
			return False
		except (Reached, frappe.ValidationError, frappe.DoesNotExistError):
			return True
		finally:
			frappe.set_user("Administrator")
			frappe.db.rollback(save_point="before_call")
			frappe.clear_messages()
	return True


def stop(*arguments: Any, **named: Any) -> None:
	raise Reached
