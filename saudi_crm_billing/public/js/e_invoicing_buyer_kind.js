// Sales Invoice, POS Invoice and Payment Entry: why the e-invoice will be standard or simplified. Frappe loads this once for each.

frappe.provide("scb.e_invoicing");

scb.e_invoicing.show_kind = (frm) => {
	const field = frm.fields_dict.scb_buyer_kind_view;
	if (!field) return;
	const why = frm.doc.docstatus === 0 && !frm.is_new() && frm.doc.__onload?.scb_buyer_kind;
	field.$wrapper.html(
		why ? `<div class="text-muted small scb-buyer-kind">${frappe.utils.escape_html(why)}</div>` : "",
	);
};

if (!scb.e_invoicing.kind_is_ready) {
	scb.e_invoicing.kind_is_ready = true;
	for (const doctype of ["Sales Invoice", "POS Invoice", "Payment Entry"]) {
		frappe.ui.form.on(doctype, { refresh: (frm) => scb.e_invoicing.show_kind(frm) });
	}
}
