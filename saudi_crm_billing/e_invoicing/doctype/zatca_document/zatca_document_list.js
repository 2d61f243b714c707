frappe.listview_settings["ZATCA Document"] = {
	add_fields: ["state"],
	// Core translates a choice without its doctype, and has other words for "Standard".
	formatters: { subtype: (subtype) => __(subtype, null, "ZATCA Document") },
	get_indicator(doc) {
		const colours = {
			Pending: "orange",
			Sending: "blue",
			"Waiting for Configuration": "red",
			Cleared: "green",
			Reported: "green",
			Rejected: "red",
		};
		return [__(doc.state, null, "ZATCA Document"), colours[doc.state], `state,=,${doc.state}`];
	},
};
