frappe.listview_settings["Instalment Direction"] = {
	get_indicator(doc) {
		const colours = { "In Force": "green", Lapsed: "gray", Withdrawn: "orange" };
		return [__(doc.status, null, "Instalment Direction"), colours[doc.status], `status,=,${doc.status}`];
	},
};
