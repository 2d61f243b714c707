frappe.listview_settings["Promissory Note"] = {
	hide_name_column: true,
	add_fields: ["status", "due_date", "at_sight", "currency"],
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Issued: "blue",
			"To Be Replaced": "orange",
			Replaced: "gray",
			"To Be Returned": "yellow",
			Returned: "green",
			Executed: "red",
			Cancelled: "gray",
		};
		return [__(doc.status, null, "Promissory Note"), colours[doc.status], `status,=,${doc.status}`];
	},
	onload(listview) {
		const show = (states) => {
			listview.filter_area.clear().then(() =>
				listview.filter_area.add([["Promissory Note", "status", "in", states]])
			);
		};
		listview.page.add_inner_button(__("To Be Returned"), () => show(["To Be Returned", "Replaced"]));
		listview.page.add_inner_button(__("To Be Replaced"), () => show(["To Be Replaced"]));
	},
};
