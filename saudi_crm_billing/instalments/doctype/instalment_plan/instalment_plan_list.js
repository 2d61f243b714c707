frappe.listview_settings["Instalment Plan"] = {
	add_fields: ["status", "next_due_date", "grace_days", "reference_doctype", "currency"],

	// The plan's own name only repeats its document's.
	hide_name_column: true,

	get_indicator(doc) {
		const by_status = `status,=,${doc.status}`;
		const colours = {
			Draft: "orange",
			Active: "blue",
			Completed: "green",
			"Written Off": "gray",
			Cancelled: "gray",
		};
		if (doc.next_due_date && doc.status === "Active") {
			return scb.instalments.plan_indicator(doc, by_status);
		}
		return [__(doc.status, null, "Instalment Plan"), colours[doc.status], by_status];
	},

	onload(listview) {
		const { late_filters, due_filters, filter_button } = scb.instalments;
		filter_button(listview, __("Late"), () => late_filters("Instalment"));
		filter_button(listview, __("Due This Week"), () => due_filters("Instalment"));
	},
};
