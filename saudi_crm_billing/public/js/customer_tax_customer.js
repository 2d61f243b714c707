// What the chosen tax class means for the customer's documents.
frappe.ui.form.on("Customer", {
	setup(frm) {
		frm.set_query("scb_tax_class", () => ({ filters: { enabled: 1 } }));
	},
	refresh: show_tax_meaning,
	scb_tax_class: show_tax_meaning,
});

async function show_tax_meaning(frm) {
	const field = frm.get_field("scb_tax_meaning");
	if (!field) {
		return;
	}
	field.$wrapper.empty();
	const chosen = frm.doc.scb_tax_class;
	if (!chosen) {
		return;
	}
	const tax_class = await frappe.db.get_doc("Customer Tax Class", chosen);
	if (frm.doc.scb_tax_class === chosen) {
		const lines = tax_meaning(tax_class).map((line) => `<div>${frappe.utils.escape_html(line)}</div>`);
		field.$wrapper.html(`<div class="text-muted small mb-3">${lines.join("")}</div>`);
	}
}

function tax_meaning(tax_class) {
	const labels = {
		S: __("Taxable at {0}%", [tax_class.rate]),
		Z: __("Zero-rated"),
		E: __("Exempt"),
		O: __("Out of scope"),
	};
	const label = labels[tax_class.category];
	const lines = [tax_class.vatex_code ? `${label} – ${tax_class.vatex_code}` : label];
	if (tax_class.valid_from || tax_class.valid_to) {
		const from = tax_class.valid_from ? frappe.datetime.str_to_user(tax_class.valid_from) : "…";
		const to = tax_class.valid_to ? frappe.datetime.str_to_user(tax_class.valid_to) : "…";
		lines.push(
			__("Valid from {0} to {1}; outside these dates the company's default class applies.", [from, to])
		);
	}
	if (tax_class.needs_national_id) {
		lines.push(__("The e-invoice must name the buyer by a Saudi national ID (BR-KSA-49)."));
	}
	if (tax_class.category === "S") {
		lines.push(__("Items with a class of their own keep it."));
	}
	return lines;
}
