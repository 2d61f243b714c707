frappe.listview_settings["Instalment Plan"] = {
	add_fields: ["status", "next_due_date", "reference_doctype", "currency"],
	get_indicator(doc) {
		const late =
			doc.status === "Active" &&
			doc.next_due_date &&
			doc.next_due_date < frappe.datetime.get_today();
		if (late) {
			return [__("Overdue"), "red", `status,=,Active|next_due_date,<,${frappe.datetime.get_today()}`];
		}
		const colours = {
			Draft: "orange",
			Active: "blue",
			Completed: "green",
			Rescheduled: "purple",
			Defaulted: "red",
			"Written Off": "gray",
			Cancelled: "gray",
		};
		return [__(doc.status, null, "Instalment Plan"), colours[doc.status], `status,=,${doc.status}`];
	},
};
