frappe.listview_settings["Instalment Digest"] = {
	add_fields: ["state"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = { Queued: "orange", Sent: "green", Failed: "red" };
		return [__(doc.state, null, "Instalment Digest"), colours[doc.state], `state,=,${doc.state}`];
	},
};
