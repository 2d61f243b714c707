// Payment Entry: the advance invoice, what is left of it, and what is to be done about it.

(() => {
	const API = "saudi_crm_billing.e_invoicing.advances.api";

	const is_invoiced = ({ docstatus, scb_is_advance, scb_advance_refund_of, scb_zatca_document, scb_zatca_status }) =>
		docstatus === 1 &&
		scb_is_advance &&
		!scb_advance_refund_of &&
		scb_zatca_document &&
		scb_zatca_status !== "Rejected";

	const make = (frm, method) => frappe.model.open_mapped_doc({ method: `${API}.${method}`, frm });

	const add_buttons = (frm) => {
		if (!is_invoiced(frm.doc)) return;
		if (flt(frm.doc.scb_advance_to_credit) > 0 && frappe.model.can_create("ZATCA Advance Credit Note")) {
			frm.add_custom_button(__("Credit the Advance Invoice"), () => make(frm, "make_credit_note")).addClass(
				"btn-primary",
			);
		}
		if (flt(frm.doc.scb_advance_left) > 0 && frappe.model.can_create("Payment Entry")) {
			frm.add_custom_button(__("Refund Advance"), () => make(frm, "make_refund"), __("Create"));
		}
	};

	const warn = (frm) => {
		if (!is_invoiced(frm.doc) || !(flt(frm.doc.scb_advance_to_credit) > 0)) return;
		const amount = format_currency(frm.doc.scb_advance_to_credit, frappe.boot.sysdefaults.currency);
		frm.set_intro(
			__(
				"{0} of this advance is allocated to invoices that declare their whole VAT, so its VAT is declared twice. Press Credit the Advance Invoice.",
				[amount],
			),
			"orange",
		);
	};

	frappe.ui.form.on("Payment Entry", {
		setup(frm) {
			frm.set_query("scb_tax_class", () => ({ filters: { enabled: 1 } }));
		},
		refresh(frm) {
			add_buttons(frm);
			warn(frm);
		},
	});
})();
