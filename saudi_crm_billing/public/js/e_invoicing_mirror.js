// Quotation and Sales Order: the invoice's e-invoice and payment state, for staff who may not read invoices.

(() => {
	const colours = {
		...scb.e_invoicing.COLOURS,
		Paid: "green",
		"Partly Paid": "yellow",
		Unpaid: "orange",
		Overdue: "red",
	};
	const pill = (label, value) =>
		value
			? `<span>${label}</span> <span class="indicator-pill ${colours[value] || "blue"}">${__(value, null, "ZATCA Document")}</span>`
			: "";

	const show = (frm) => {
		const { scb_sales_invoice: invoice, scb_zatca_status: state, scb_payment_status: payment } = frm.doc;
		if (!invoice) return;
		const pills = [pill(__("E-Invoice"), state), pill(__("Payment"), payment)].filter(Boolean);
		frm.dashboard.set_headline_alert(pills.join(" &nbsp; "));
		if (frappe.model.can_read("Sales Invoice")) {
			frm.add_custom_button(
				invoice,
				() => frappe.set_route("Form", "Sales Invoice", invoice),
				__("Invoice"),
			);
		}
	};

	const follow = (frm) =>
		scb.watch(frm, {
			event: "scb_e_invoice",
			fields: ["scb_sales_invoice", "scb_zatca_status", "scb_payment_status"],
			waiting: (doc) => scb.e_invoicing.OPEN.includes(doc.scb_zatca_status),
		});

	for (const doctype of ["Quotation", "Sales Order"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				show(frm);
				follow(frm);
			},
		});
	}
})();
