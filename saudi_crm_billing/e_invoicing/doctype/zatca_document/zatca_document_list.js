frappe.listview_settings["ZATCA Document"] = {
	hide_name_column: false,
	get_indicator(doc) {
		const colours = {
			Pending: "orange",
			Sending: "blue",
			"Waiting for Configuration": "red",
			Cleared: "green",
			Reported: "green",
			Rejected: "red",
		};
		return [__(doc.state), colours[doc.state], `state,=,${doc.state}`];
	},
};
