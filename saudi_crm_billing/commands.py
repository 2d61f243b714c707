"""What this app adds to the `bench` command."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import frappe
from frappe.commands import get_site, pass_context

CANNOT_RUN = 2


@click.command("export-e-invoices")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--company", help="only this company's")
@pass_context
def export_e_invoices(context: object, folder: Path, company: str | None) -> None:
	"""Write every e-invoice that was not exported yet into FOLDER, with a manifest: the law keeps them six years."""
	from saudi_crm_billing.e_invoicing.issuing.archive import export

	folder = folder.absolute()
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		count = export(folder, company)
	finally:
		frappe.destroy()
	click.echo(f"{count} e-invoices written to {folder}")


@click.command("audit-e-invoices")
@click.option("--unit", "chosen", multiple=True, help="only this ZATCA Unit; may be given again")
@click.option("--from-icv", default=1, show_default=True, help="begin at this counter value")
@click.option("--json", "form", flag_value="json", help="evidence as JSON")
@click.option("--csv", "form", flag_value="csv", help="evidence as CSV")
@pass_context
def audit_e_invoices(context: object, chosen: tuple[str, ...], from_icv: int, form: str | None) -> None:
	"""Walk the chain of every unit: counters, hashes, stored XML. Exit code 0: whole, 1: findings, 2: could not run."""
	try:
		site = get_site(context)
		frappe.init(site=site)
		frappe.connect()
		text, whole = _audited(site, list(chosen) or None, from_icv, form)
	except Exception as error:
		click.echo(f"The audit could not run: {error or type(error).__name__}", err=True)
		sys.exit(CANNOT_RUN)
	finally:
		frappe.destroy()
	click.echo(text)
	sys.exit(0 if whole else 1)


def _audited(site: str, chosen: list[str] | None, from_icv: int, form: str | None) -> tuple[str, bool]:
	from saudi_crm_billing.e_invoicing.issuing import audit, evidence

	results = list(audit.audit(chosen, from_icv=from_icv))
	whole = all(result.whole for result in results)
	if form == "json":
		return evidence.as_json(results, site, frappe.utils.now_datetime()), whole
	return (evidence.as_csv(results) if form == "csv" else evidence.as_lines(results)), whole


commands = [export_e_invoices, audit_e_invoices]
