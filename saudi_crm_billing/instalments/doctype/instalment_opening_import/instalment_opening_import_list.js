frappe.listview_settings["Instalment Opening Import"] = {
	add_fields: ["status"],
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Checked: "blue",
			Importing: "orange",
			Imported: "green",
			Undoing: "orange",
			Failed: "red",
		};
		return [
			__(doc.status, null, "Instalment Opening Import"),
			colours[doc.status],
			`status,=,${doc.status}`,
		];
	},
};
