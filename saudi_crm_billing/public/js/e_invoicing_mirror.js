// Quotation and Sales Order: the invoice's e-invoice and payment state, for staff who may not read invoices.

(() => {
	const payment_colours = { Paid: "green", Overdue: "red", Unpaid: "orange", "Partly Paid": "yellow" };
	const e_invoice_colours = { Cleared: "green", Reported: "green", Rejected: "red", Pending: "orange" };

	const show = (frm) => {
		const { scb_sales_invoice: invoice, scb_zatca_status: state, scb_payment_status: payment } = frm.doc;
		if (!invoice) return;
		if (state) {
			frm.dashboard.add_indicator(
				`${__("E-Invoice")}: ${__(state)}`,
				e_invoice_colours[state] || "blue",
			);
		}
		if (payment) {
			frm.dashboard.add_indicator(
				`${__("Payment")}: ${__(payment)}`,
				payment_colours[payment] || "gray",
			);
		}
		if (frappe.model.can_read("Sales Invoice")) {
			frm.add_custom_button(
				invoice,
				() => frappe.set_route("Form", "Sales Invoice", invoice),
				__("Invoice"),
			);
		}
	};

	const follow = (frm) => {
		frappe.realtime.off("scb_e_invoice");
		frappe.realtime.on("scb_e_invoice", (change) => {
			if (cur_page?.page?.frm === frm && change.name === frm.doc.name && !frm.is_dirty()) {
				frm.reload_doc();
			}
		});
	};

	for (const doctype of ["Quotation", "Sales Order"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				show(frm);
				follow(frm);
			},
		});
	}
})();
