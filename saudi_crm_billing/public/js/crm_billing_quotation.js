frappe.provide("scb.crm_billing");

scb.crm_billing.call = (method, args) =>
	frappe.call({ method: `saudi_crm_billing.crm_billing.api.${method}`, args, freeze: true });

frappe.ui.form.on("Quotation", {
	refresh(frm) {
		if (frm.doc.docstatus !== 1) return;
		if (frm.doc.scb_accepted_on) {
			frm.dashboard.add_indicator(
				__("Accepted by {0}", [frappe.utils.escape_html(frm.doc.scb_accepted_by || "")]),
				"green",
			);
			return;
		}
		if (["Lost", "Expired"].includes(frm.doc.status) || !frm.perm[0]?.write) return;
		frm.add_custom_button(__("Mark Accepted"), () => scb.crm_billing.mark_accepted(frm), __("Acceptance"));
		frm.add_custom_button(
			__("Copy Acceptance Link"),
			() => scb.crm_billing.copy_acceptance_link(frm),
			__("Acceptance"),
		);
	},
});

scb.crm_billing.mark_accepted = (frm) =>
	frappe.confirm(__("Did the customer accept this quotation? Billing rules may act on it."), () =>
		scb.crm_billing.call("mark_accepted", { quotation: frm.doc.name }).then(() => frm.reload_doc()),
	);

scb.crm_billing.copy_acceptance_link = (frm) =>
	scb.crm_billing.call("acceptance_link", { quotation: frm.doc.name }).then(({ message }) => {
		frappe.utils.copy_to_clipboard(
			message.link,
			__("Link copied. It works until {0}.", [frappe.datetime.str_to_user(message.expires)]),
		);
	});
