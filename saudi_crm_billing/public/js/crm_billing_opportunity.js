frappe.ui.form.on("Opportunity", {
	refresh(frm) {
		if (frm.is_new()) return;
		if (frm.doc.scb_won_on) {
			frm.dashboard.add_indicator(
				__("Won on {0}", [frappe.datetime.str_to_user(frm.doc.scb_won_on)]),
				"green",
			);
			return;
		}
		if (["Lost", "Closed", "Converted"].includes(frm.doc.status) || !frm.perm[0]?.write) return;
		frm.add_custom_button(__("Mark Won"), () =>
			frappe.confirm(__("Is this deal won? Billing rules may act on it."), () =>
				frappe
					.call({
						method: "saudi_crm_billing.crm_billing.api.mark_won",
						args: { opportunity: frm.doc.name },
						freeze: true,
					})
					.then(() => frm.reload_doc()),
			),
		);
	},
});
