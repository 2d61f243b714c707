// Invoices, notes and advances: brings them to the customer by mail, and follows whether they arrived. Frappe loads this
// file once for each of the doctypes.

frappe.provide("scb.crm_billing");

scb.crm_billing.ask_and_send = (frm) => {
	if (frm.doc.scb_sent_state !== "Sent") return scb.crm_billing.send(frm);
	const when = frappe.datetime.str_to_user(frm.doc.scb_sent_on);
	const question = __("This document was sent to {0} on {1}. Send it again?", [
		frappe.utils.escape_html(frm.doc.scb_sent_to || ""),
		when,
	]);
	return frappe.confirm(question, () => scb.crm_billing.send(frm));
};

scb.crm_billing.send = async (frm) => {
	const { message: queued } = await frappe.call({
		method: "saudi_crm_billing.crm_billing.api.send_invoice",
		args: {
			invoice: frm.doc.name,
			doctype: frm.doctype,
			sent_before: (frm.doc.scb_sent_on || "").split(".")[0],
		},
		freeze: true,
		freeze_message: __("Making the message"),
	});
	const text = queued
		? __("It is on its way to the customer.")
		: __("It was sent already or is on its way; nothing was sent again.");
	frappe.show_alert({ message: text, indicator: queued ? "green" : "orange" }, 7);
	frm.reload_doc();
};

if (!scb.crm_billing.sends) {
	scb.crm_billing.sends = true;
	for (const doctype of ["Sales Invoice", "POS Invoice", "Payment Entry", "ZATCA Advance Credit Note"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				if (frm.is_new() || frm.doc.docstatus !== 1) return;
				if (doctype !== "Sales Invoice" && !frm.doc.scb_zatca_document) return;
				if (frm.perm[0].email) {
					frm.add_custom_button(__("Send to Customer"), () => scb.crm_billing.ask_and_send(frm));
				}
				scb.watch(frm, {
					event: "scb_sent",
					fields: ["scb_sent_state"],
					waiting: (doc) => doc.scb_sent_state === "Queued",
				});
			},
		});
	}
}
