frappe.listview_settings["Settlement Quote"] = {
	add_fields: ["status", "docstatus", "valid_until"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,
	get_indicator(doc) {
		const colours = { Draft: "orange", Open: "blue", Paid: "green", Expired: "gray", Void: "gray" };
		const status = __(doc.status, null, "Settlement Quote");
		return [status, colours[doc.status], `status,=,${doc.status}`];
	},
};
