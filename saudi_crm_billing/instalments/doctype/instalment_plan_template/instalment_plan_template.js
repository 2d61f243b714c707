frappe.ui.form.on("Instalment Plan Template", {
	calendar(frm) {
		frm.trigger("describe_due_day");
	},
	refresh(frm) {
		frm.trigger("describe_due_day");
	},
	describe_due_day(frm) {
		const last = frm.doc.calendar === "Hijri" ? 30 : 31;
		frm.set_df_property("due_day", "placeholder", __("1 to {0}", [last]));
	},
});
