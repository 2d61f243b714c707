frappe.listview_settings["ZATCA Document"] = {
	add_fields: ["state"],
	// Core translates a choice without its doctype, and has other words for "Standard".
	formatters: { subtype: (subtype) => __(subtype, null, "ZATCA Document") },
	get_indicator(doc) {
		const colour = scb.e_invoicing.COLOURS[doc.state];
		return [__(doc.state, null, "ZATCA Document"), colour, `state,=,${doc.state}`];
	},
};
