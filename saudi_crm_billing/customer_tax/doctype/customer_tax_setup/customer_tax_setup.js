frappe.ui.form.on("Customer Tax Setup", {
	setup(frm) {
		frm.set_query("vat_account", () => ({
			filters: { company: frm.doc.company, is_group: 0, account_type: "Tax", root_type: "Liability" },
		}));
		frm.set_query("default_class", () => ({ filters: { enabled: 1 } }));
	},
	refresh(frm) {
		if (frm.doc.company && frm.has_perm("write")) {
			frm.add_custom_button(__("Propose"), () => propose(frm));
		}
	},
	company(frm) {
		frm.trigger("refresh");
	},
});

async function propose(frm) {
	const { message: proposal } = await frappe.call({
		method: "saudi_crm_billing.customer_tax.api.propose_setup",
		type: "POST",
		args: { company: frm.doc.company },
		freeze: true,
	});
	const { vat_account, default_class, account_made } = proposal;
	await frm.set_value({ vat_account, default_class, enabled: 1 });
	const text = account_made
		? __("Account {0} was made. Check the proposal, then save.", [vat_account])
		: __("Account {0} was found. Check the proposal, then save.", [vat_account]);
	frappe.show_alert({ message: text, indicator: "blue" });
}
