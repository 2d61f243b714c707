// One line below the taxes of a selling document: how it is taxed, and why, in the reader's language.
["Quotation", "Sales Order", "Sales Invoice", "POS Invoice"].forEach((doctype) => {
	frappe.ui.form.on(doctype, {
		refresh(frm) {
			translate_breakup(frm);
			show_tax_decision(frm);
		},
	});
});

// Stored in the document's language, for the customer; the form shows its headings in the reader's.
const BREAKUP_HEADINGS = {
	الصنف: "Item",
	"المبلغ الخاضع للضريبة": "Taxable Amount",
	"ضريبة القيمة المضافة": "VAT",
};

function translate_breakup(frm) {
	if (!frm.fields_dict.other_charges_calculation) return;
	frm.set_df_property("other_charges_calculation", "formatter", (value, df, options, doc) => {
		const table = new DOMParser().parseFromString(value || "", "text/html");
		for (const heading of table.querySelectorAll("th")) {
			const text = heading.textContent.trim();
			heading.textContent = __(BREAKUP_HEADINGS[text] || text);
		}
		return frappe.form.get_formatter(df.fieldtype)(table.body.innerHTML, df, options, doc);
	});
}

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
