// Sales Invoice: brings it to the customer by mail, and follows whether it arrived.

frappe.ui.form.on("Sales Invoice", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.docstatus !== 1) return;
		if (frm.perm[0].email) frm.add_custom_button(__("Send to Customer"), () => ask_and_send(frm));
		scb.watch(frm, {
			event: "scb_sent",
			fields: ["scb_sent_state"],
			waiting: (doc) => doc.scb_sent_state === "Queued",
		});
	},
});

function ask_and_send(frm) {
	if (frm.doc.scb_sent_state !== "Sent") return send(frm);
	const when = frappe.datetime.str_to_user(frm.doc.scb_sent_on);
	const question = __("This invoice was sent to {0} on {1}. Send it again?", [
		frappe.utils.escape_html(frm.doc.scb_sent_to || ""),
		when,
	]);
	return frappe.confirm(question, () => send(frm));
}

async function send(frm) {
	const { message: queued } = await frappe.call({
		method: "saudi_crm_billing.crm_billing.api.send_invoice",
		args: {
			invoice: frm.doc.name,
			sent_before: (frm.doc.scb_sent_on || "").split(".")[0],
		},
		freeze: true,
		freeze_message: __("Making the message"),
	});
	const text = queued
		? __("The invoice is on its way to the customer.")
		: __("The invoice was sent already or is on its way; nothing was sent again.");
	frappe.show_alert({ message: text, indicator: queued ? "green" : "orange" }, 7);
	frm.reload_doc();
}
