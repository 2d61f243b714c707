// Sales Invoice that is a note: only an invoice that can be corrected is offered.

frappe.ui.form.on("Sales Invoice", {
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
