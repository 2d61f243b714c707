frappe.ui.form.on("Instalment Reschedule", {
	setup(frm) {
		frm.set_query("plan", () => ({
			filters: { reference_doctype: "Sales Invoice", status: "Active", outstanding: [">", 0] },
		}));
	},

	refresh(frm) {
		const status = frm.doc.status || "Draft";
		const colours = { Draft: "orange", Applied: "green", Undone: "gray", Void: "gray" };
		if (!frm.is_new()) {
			frm.page.set_indicator(__(status, null, "Instalment Reschedule"), colours[status]);
		}
		if (frm.is_new()) {
			frm.set_intro(__("Save to compute the new schedule, then ask for the approval."), "blue");
		}
	},
});
