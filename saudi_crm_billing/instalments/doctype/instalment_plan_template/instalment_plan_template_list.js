frappe.listview_settings["Instalment Plan Template"] = {
	add_fields: ["enabled", "instalment_count"],
	get_indicator(doc) {
		return doc.enabled
			? [__("Enabled"), "green", "enabled,=,1"]
			: [__("Disabled"), "gray", "enabled,=,0"];
	},
};
