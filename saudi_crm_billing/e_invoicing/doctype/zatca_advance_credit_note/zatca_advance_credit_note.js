// ZATCA Advance Credit Note: what the rules say of the draft. Its state and buttons are those of every e-invoice.

frappe.ui.form.on("ZATCA Advance Credit Note", {
	setup(frm) {
		frm.set_query("scb_advance_refund_of", () => ({
			filters: { docstatus: 1, scb_is_advance: 1, scb_advance_to_credit: [">", 0] },
		}));
	},
	refresh(frm) {
		scb.e_invoicing.show_findings?.(frm);
	},
	before_submit: (frm) => scb.e_invoicing.ask_about(frm, frm.doc.__onload?.scb_e_invoice),
});
