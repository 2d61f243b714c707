// Sales Invoice list: the e-invoice's state as a coloured pill.

(() => {
	const settings = (frappe.listview_settings["Sales Invoice"] =
		frappe.listview_settings["Sales Invoice"] || {});
	settings.add_fields = [...(settings.add_fields || []), "scb_zatca_status"];
	settings.formatters = {
		...(settings.formatters || {}),
		scb_zatca_status: (state) => (state ? scb.e_invoicing.pill(state) : ""),
	};
})();
