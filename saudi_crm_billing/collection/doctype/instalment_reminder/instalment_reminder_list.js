frappe.listview_settings["Instalment Reminder"] = {
	add_fields: ["state"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = { Queued: "orange", Sent: "green", Failed: "red", Skipped: "gray" };
		return [__(doc.state, null, "Instalment Reminder"), colours[doc.state], `state,=,${doc.state}`];
	},
	formatters: {
		number(value) {
			return value === 0 ? __("Down payment") : value;
		},
	},
};
