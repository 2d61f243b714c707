frappe.listview_settings["Instalment Reschedule"] = {
	add_fields: ["status", "docstatus"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,
	get_indicator(doc) {
		const colours = { Draft: "orange", Applied: "green", Undone: "gray", Void: "gray" };
		const status = __(doc.status, null, "Instalment Reschedule");
		return [status, colours[doc.status], `status,=,${doc.status}`];
	},
};
