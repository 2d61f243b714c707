frappe.listview_settings["SCB Billing Run"] = {
	add_fields: ["status"],
	get_indicator(doc) {
		const colour = { Queued: "orange", Running: "blue", Done: "green", Failed: "red" }[doc.status];
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
