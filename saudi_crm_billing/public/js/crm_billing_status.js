// Quotation, Sales Order and Opportunity follow the billing run that they set off.
for (const doctype of ["Quotation", "Sales Order", "Opportunity"]) {
	frappe.ui.form.on(doctype, {
		refresh(frm) {
			scb.watch(frm, {
				event: "scb_billing_status",
				fields: ["scb_billing_status"],
				waiting: (doc) =>
					["Queued", "Running"].includes(doc.scb_billing_status) || (!doc.scb_billing_status && scb.is_fresh(doc)),
			});
		},
	});
}
