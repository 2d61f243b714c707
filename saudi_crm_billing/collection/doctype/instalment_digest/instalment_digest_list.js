frappe.listview_settings["Instalment Digest"] = {
	add_fields: ["state"],
	get_indicator(doc) {
		const colours = { Queued: "orange", Sent: "green", Failed: "red" };
		return [__(doc.state), colours[doc.state], `state,=,${doc.state}`];
	},
};
