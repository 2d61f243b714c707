// Lists of documents with an e-invoice: the e-invoice's state as a coloured pill.

["Sales Invoice", "POS Invoice", "Payment Entry", "ZATCA Advance Credit Note"].forEach((doctype) => {
	const settings = (frappe.listview_settings[doctype] = frappe.listview_settings[doctype] || {});
	settings.add_fields = [...new Set([...(settings.add_fields || []), "scb_zatca_status"])];
	settings.formatters = {
		...(settings.formatters || {}),
		scb_zatca_status: (state) => (state ? scb.e_invoicing.pill(state) : ""),
	};
});
