// Sales Invoice: a debit note is made from it; a note is offered only the invoices that it can correct.

frappe.ui.form.on("Sales Invoice", {
	refresh(frm) {
		const { docstatus, is_return, is_consolidated, scb_zatca_document } = frm.doc;
		if (docstatus !== 1 || is_return || is_consolidated || !scb_zatca_document) return;
		if (!frappe.model.can_create("Sales Invoice")) return;
		frm.add_custom_button(
			__("Debit Note"),
			() =>
				frappe.model.open_mapped_doc({
					method: "saudi_crm_billing.e_invoicing.api.make_debit_note",
					frm,
				}),
			__("Create"),
		);
	},

	setup(frm) {
		frm.set_query("sales_invoice", "scb_zatca_references", (doc) => ({
			filters: {
				company: doc.company,
				customer: doc.customer,
				docstatus: 1,
				is_return: 0,
				is_consolidated: 0,
			},
		}));
	},
});
