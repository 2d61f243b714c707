// Company: the account for VAT on advances is one of its own.

frappe.ui.form.on("Company", {
	setup(frm) {
		frm.set_query("scb_advance_vat_account", () => ({
			filters: { company: frm.doc.name, is_group: 0, root_type: ["in", ["Asset", "Liability"]] },
		}));
	},
});
