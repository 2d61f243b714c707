frappe.listview_settings["ZATCA Document"] = {
	add_fields: ["state", "has_warnings", "answer_unknown"],
	// Core translates a choice without its doctype, and has other words for "Standard".
	formatters: { subtype: (subtype) => __(subtype, null, "ZATCA Document") },
	get_indicator(doc) {
		const unknown = doc.answer_unknown && scb.e_invoicing.OPEN.includes(doc.state);
		const filter = unknown ? `|answer_unknown,=,1` : "";
		return [...scb.e_invoicing.shown(doc), `state,=,${doc.state}${filter}`];
	},
};
