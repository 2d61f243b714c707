"""A billing run that fails, is swept up or tried again, and who may see it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import factories as make
import pytest
from crm_billing_helpers import (
	a_rule,
	accepted_run,
	process,
	submitted_quotation,
)

RUN = "SCB Billing Run"


def test_a_failure_leaves_nothing_half_made(site: ModuleType, borders: None, monkeypatch: Any) -> None:
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import SalesInvoice

	a_rule()
	quotation = submitted_quotation()
	run = accepted_run(quotation)

	def burst(self: Any) -> None:
		site.throw("The printer is on fire")

	monkeypatch.setattr(SalesInvoice, "on_submit", burst)
	run = process(run)
	assert (run.status, run.error) == ("Failed", "The printer is on fire")
	assert run.next_step.startswith("Mend what the message says")
	assert "The printer is on fire" in site.db.get_value("Error Log", run.error_log, "error")
	assert not site.db.exists("Sales Order Item", {"prevdoc_docname": quotation.name})
	assert site.session.user == "Administrator"
	assert quotation.reload().scb_billing_status == "Failed"


def test_what_other_slices_do_before_the_commit_stands_or_falls_with_the_documents(
	site: ModuleType, borders: None, monkeypatch: Any
) -> None:
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import SalesInvoice

	from saudi_crm_billing.unit_of_work import Phase, enlist

	a_rule()
	quotation = submitted_quotation()
	run = accepted_run(quotation)

	def refuse() -> None:
		site.throw("The unit has no certificate")

	submit = SalesInvoice.on_submit
	enlisting = lambda self: (submit(self), enlist(Phase.E_INVOICES, "test", refuse))  # noqa: E731
	monkeypatch.setattr(SalesInvoice, "on_submit", enlisting)
	run = process(run)
	assert (run.status, run.error) == ("Failed", "The unit has no certificate")
	assert not site.db.exists("Sales Order Item", {"prevdoc_docname": quotation.name})


def test_a_deadlock_is_tried_again_but_not_for_ever(
	site: ModuleType, borders: None, monkeypatch: Any
) -> None:
	from saudi_crm_billing.crm_billing import making

	a_rule()
	run = accepted_run(submitted_quotation())

	def deadlock(*args: Any) -> None:
		raise site.QueryDeadlockError("Deadlock found when trying to get lock")

	monkeypatch.setattr(making, "make", deadlock)
	for attempt in range(1, 5):
		run = process(run)
		assert (run.status, run.attempts) == ("Queued", attempt)
	run = process(run)
	assert (run.status, run.attempts) == ("Failed", 5)


def test_a_failed_run_speaks_the_language_of_the_salesperson_whose_sale_it_is(
	site: ModuleType, borders: None
) -> None:
	"""Not that of the worker, which has none of its own."""
	rule = a_rule()
	run = accepted_run(submitted_quotation())
	site.db.set_value("User", make.a_user("noura@example.com", "Sales User"), "language", "ar")
	run.db_set("owner", "noura@example.com")
	rule.db_set("enabled", 0)
	run = process(run)
	assert run.error == f"قاعدة الفوترة {rule.name} معطّلة."
	assert run.next_step == "عالج ما ورد في الرسالة ثم اضغط «إعادة المحاولة». لم يُنشأ أي مستند حتى الآن."
	assert site.local.lang == "en"


def test_a_user_who_lost_the_right_makes_nothing(site: ModuleType, borders: None) -> None:
	rule = a_rule()
	quotation = submitted_quotation()
	run = accepted_run(quotation)
	rule.db_set("run_as", make.a_user("sales-only@example.com", "Sales User"))
	run = process(run)
	assert run.status == "Failed"
	assert run.error == "You need the 'create' permission on Sales Invoice  to perform this action."
	assert run.next_step.startswith("Give user sales-only@example.com the missing right")
	assert not site.db.exists("Sales Order Item", {"prevdoc_docname": quotation.name})


@pytest.mark.parametrize(
	("change", "message"),
	[
		({"enabled": 0}, "is disabled"),
		({"max_total": 10}, "is outside the limits of billing rule"),
	],
)
def test_a_rule_changed_after_the_event_counts_as_it_is_now(
	site: ModuleType, borders: None, change: dict[str, Any], message: str
) -> None:
	rule = a_rule()
	run = accepted_run(submitted_quotation())
	rule.db_set(change)
	run = process(run)
	assert run.status == "Failed"
	assert message in run.error


def test_the_sweep_takes_up_what_was_left_behind(site: ModuleType, borders: None) -> None:
	from saudi_crm_billing.crm_billing import runs

	a_rule()
	fresh = accepted_run(submitted_quotation())
	forgotten = accepted_run(submitted_quotation())
	killed = accepted_run(submitted_quotation())
	working = accepted_run(submitted_quotation())
	hopeless = accepted_run(submitted_quotation())
	long_ago = site.utils.add_to_date(None, hours=-1, as_datetime=True)
	forgotten.db_set("modified", long_ago, update_modified=False)
	for run, attempts, started in ((killed, 1, long_ago), (working, 1, None), (hopeless, 5, long_ago)):
		started = started or site.utils.now_datetime()
		run.db_set({"status": "Running", "attempts": attempts, "started_on": started, "modified": started})
		run.db_set("modified", started, update_modified=False)
	mine = {run.name for run in (fresh, forgotten, killed, working, hopeless)}
	assert set(runs.stranded()) & mine == {forgotten.name, killed.name}
	assert killed.reload().status == "Queued"
	assert working.reload().status == "Running"
	assert hopeless.reload().status == "Failed"
	assert hopeless.error == "The job was stopped 5 times before it could finish."


def test_a_run_can_be_retried_only_after_failing_and_only_with_the_right(site: ModuleType) -> None:
	from saudi_crm_billing.crm_billing import api

	a_rule()
	run = accepted_run(submitted_quotation())
	with pytest.raises(site.ValidationError, match="only a failed run can be retried"):
		api.retry(run.name)
	run.db_set("status", "Failed")
	site.set_user(make.a_user("seller@example.com", "Sales User"))
	with pytest.raises(site.PermissionError):
		api.retry(run.name)


def test_sales_staff_see_the_runs_of_their_own_documents_only(site: ModuleType) -> None:
	a_rule()
	seller = make.a_user("seller@example.com", "Sales User")
	make.an_item(), make.a_customer()
	site.set_user(seller)
	own = submitted_quotation()
	site.set_user("Administrator")
	other = submitted_quotation()
	runs = {quotation.name: accepted_run(quotation) for quotation in (own, other)}
	site.set_user(seller)
	assert site.get_list(RUN, pluck="name") == [runs[own.name].name]
	with pytest.raises(site.PermissionError):
		site.get_doc(RUN, runs[other.name].name).check_permission("read")


def test_the_connections_of_a_quotation_count_its_runs(site: ModuleType) -> None:
	from frappe.desk.notifications import get_open_count

	a_rule()
	quotation = submitted_quotation()
	run = accepted_run(quotation)
	counts = get_open_count("Quotation", quotation.name)["count"]["external_links_found"]
	assert {"doctype": RUN, "count": 1}.items() <= next(c for c in counts if c["doctype"] == RUN).items()
	assert site.db.get_value(RUN, run.name, "quotation") == quotation.name


def test_nobody_writes_a_run_through_a_form(site: ModuleType) -> None:
	a_rule()
	run = accepted_run(submitted_quotation())
	run.status = "Done"
	with pytest.raises(site.ValidationError, match="written by the app alone"):
		run.save()
