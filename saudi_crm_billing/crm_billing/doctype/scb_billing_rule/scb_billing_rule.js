frappe.ui.form.on("SCB Billing Rule", {
	setup(frm) {
		frm.set_query("run_as", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},
	trigger(frm) {
		if ((frm.doc.trigger || "").startsWith("Sales Order")) frm.set_value("make", "Sales Invoice");
	},
});
