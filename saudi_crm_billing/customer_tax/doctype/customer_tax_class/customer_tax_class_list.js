frappe.listview_settings["Customer Tax Class"] = {
	add_fields: ["enabled", "category", "valid_to"],
	get_indicator(doc) {
		if (!doc.enabled) {
			return [__("Disabled"), "gray", "enabled,=,0"];
		}
		if (doc.valid_to && doc.valid_to < frappe.datetime.get_today()) {
			return [__("Expired"), "orange", `enabled,=,1|valid_to,<,${frappe.datetime.get_today()}`];
		}
		const labels = {
			S: [__("Taxable"), "blue"],
			Z: [__("Zero-rated"), "green"],
			E: [__("Exempt"), "purple"],
			O: [__("Out of Scope"), "gray"],
		};
		return [...labels[doc.category], `enabled,=,1|category,=,${doc.category}`];
	},
};
