// Every form that has an e-invoice: the buyer's copy, PDF/A-3 with the XML in it. Frappe loads this file once for each of them.

frappe.provide("scb.e_invoicing");

scb.e_invoicing.download_pdf = (name) =>
	scb.e_invoicing.fetch_pdf(`download_pdf?${$.param({ document: name })}`, {});

scb.e_invoicing.hand_over_uncleared = (frm) =>
	frappe.confirm(
		__(
			"ZATCA has not cleared this tax invoice yet. The copy says so, the buyer deducts no VAT with it before it is cleared, and a comment here notes that you made it. Make the copy?",
		),
		async () => {
			await scb.e_invoicing.fetch_pdf("hand_over_uncleared", {
				method: "POST",
				body: new URLSearchParams({ document: frm.doc.scb_zatca_document }),
			});
			frm.reload_doc();
		},
	);

scb.e_invoicing.fetch_pdf = (call, request) =>
	scb.pdf.fetch(`saudi_crm_billing.e_invoicing.api.${call}`, request, __("No PDF for the customer"));

if (!scb.e_invoicing.has_pdf) {
	scb.e_invoicing.has_pdf = true;
	for (const doctype of ["Sales Invoice", "POS Invoice", "Payment Entry", "ZATCA Advance Credit Note"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				const name = frm.doc.scb_zatca_document;
				if (!name || frm.doc.docstatus !== 1) return;
				frm.add_custom_button(
					__("Download PDF/A-3"),
					() => scb.e_invoicing.download_pdf(name),
					__("E-Invoice"),
				);
			},
		});
	}
}
