frappe.ui.form.on("Instalment Direction", {
	refresh(frm) {
		frm.disable_save();
		if (frm.is_new() || frm.doc.status === "Withdrawn" || !frappe.perm.has_perm(frm.doctype, 0, "create")) return;
		frm.add_custom_button(__("Withdraw"), () =>
			frappe.confirm(__("The payment will settle the oldest instalments again."), async () => {
				await frappe.call({
					method: "saudi_crm_billing.instalments.directing.api.withdraw",
					args: { direction: frm.doc.name },
					freeze: true,
				});
				frm.reload_doc();
			})
		);
	},
});
