frappe.listview_settings["ZATCA Unit"] = {
	add_fields: ["needs_attention"],
	get_indicator(doc) {
		if (doc.needs_attention) return [__("Needs Attention"), "red", "needs_attention,=,1"];
		const colours = { Draft: "gray", Compliance: "orange", Active: "green", Expired: "red", Retired: "gray" };
		return [__(doc.status, null, "ZATCA Unit"), colours[doc.status], `status,=,${doc.status}`];
	},
};
