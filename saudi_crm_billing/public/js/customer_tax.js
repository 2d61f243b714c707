// One line below the taxes of a selling document: how it is taxed, and why, in the reader's language.
["Quotation", "Sales Order", "Sales Invoice"].forEach((doctype) => {
	frappe.ui.form.on(doctype, { refresh: show_tax_decision });
});

async function show_tax_decision(frm) {
	const field = frm.get_field("scb_tax_line");
	if (!field) {
		return;
	}
	field.$wrapper.empty();
	if (frm.is_new() || !frm.doc.scb_tax_decision) {
		return;
	}
	const name = frm.doc.name;
	const { message } = await frappe.call({
		method: "saudi_crm_billing.customer_tax.api.explain",
		type: "GET",
		args: { doctype: frm.doctype, name },
	});
	if (frm.doc.name === name) {
		const lines = message.sentences.map((line) => `<div>${frappe.utils.escape_html(line)}</div>`);
		field.$wrapper.html(`<div class="text-muted small scb-tax-line">${lines.join("")}</div>`);
	}
}
