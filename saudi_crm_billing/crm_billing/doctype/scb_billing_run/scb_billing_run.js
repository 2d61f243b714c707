frappe.ui.form.on("SCB Billing Run", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.status !== "Failed" || !frappe.perm.has_perm(frm.doctype, 0, "write", frm.doc)) return;
		frm.add_custom_button(__("Retry"), () =>
			frappe
				.call({
					method: "saudi_crm_billing.crm_billing.api.retry",
					args: { run: frm.doc.name },
					freeze: true,
				})
				.then(() => frm.reload_doc()),
		).addClass("btn-primary");
	},
});
