// The server writes the VAT rate of the class; the form shows it at once, as its table must not be empty.
frappe.ui.form.on("Item Tax Template", {
	setup(frm) {
		frm.set_query("scb_tax_class", () => ({ filters: { enabled: 1 } }));
	},
	scb_tax_class: write_vat_rate,
	company: write_vat_rate,
});

async function write_vat_rate(frm) {
	if (!frm.doc.scb_tax_class || !frm.doc.company || !frappe.model.can_read("Customer Tax Setup")) {
		return;
	}
	const filters = { company: frm.doc.company, enabled: 1 };
	const setup = await frappe.db.get_value("Customer Tax Setup", filters, "vat_account");
	const account = setup.message && setup.message.vat_account;
	if (!account) {
		return;
	}
	const tax_class = await frappe.db.get_value("Customer Tax Class", frm.doc.scb_tax_class, "rate");
	const rows = frm.doc.taxes || [];
	const row =
		rows.find((each) => each.tax_type === account) ||
		rows.find((each) => !each.tax_type) ||
		frm.add_child("taxes");
	row.tax_type = account;
	row.tax_rate = tax_class.message.rate;
	frm.refresh_field("taxes");
}
