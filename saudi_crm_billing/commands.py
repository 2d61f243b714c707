"""What this app adds to the `bench` command."""

from __future__ import annotations

from pathlib import Path

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("export-e-invoices")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--company", help="only this company's")
@pass_context
def export_e_invoices(context: object, folder: Path, company: str | None) -> None:
	"""Write every e-invoice that was not exported yet into FOLDER, with a manifest: the law keeps them six years."""
	from saudi_crm_billing.e_invoicing.archive import export

	folder = folder.absolute()
	frappe.init(site=get_site(context))
	frappe.connect()
	try:
		count = export(folder, company)
	finally:
		frappe.destroy()
	click.echo(f"{count} e-invoices written to {folder}")


commands = [export_e_invoices]
