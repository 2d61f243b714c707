frappe.listview_settings["Instalment Write-Off"] = {
	add_fields: ["status", "docstatus"],
	has_indicator_for_draft: 1,
	has_indicator_for_cancelled: 1,
	get_indicator(doc) {
		const colours = {
			Draft: "orange",
			"Written Off": "red",
			"Partly Recovered": "yellow",
			Recovered: "green",
			Undone: "gray",
		};
		const status = __(doc.status, null, "Instalment Write-Off");
		return [status, colours[doc.status], `status,=,${doc.status}`];
	},
};
