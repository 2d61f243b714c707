// ZATCA Document: what its state asks of the user, and its two actions.

(() => {
	const { COLOURS, OPEN } = scb.e_invoicing;

	const send_document = async (frm) => {
		const { message: said } = await frappe.call({
			method: "saudi_crm_billing.e_invoicing.api.send_now",
			args: { document: frm.doc.name },
			freeze: true,
			freeze_message: __("Sending to ZATCA"),
		});
		frappe.show_alert({
			message: `${__(said.state, null, frm.doctype)}: ${said.next_step}`,
			indicator: COLOURS[said.state] || "blue",
		});
		frm.reload_doc();
	};

	const issue_again = (frm) =>
		frappe.confirm(
			__(
				"The invoice gets a new e-invoice with the customer, addresses and company as they are now. The rejected one keeps its place. Issue it?",
			),
			async () => {
				const { message: said } = await frappe.call({
					method: "saudi_crm_billing.e_invoicing.api.issue_again",
					args: { document: frm.doc.name },
					freeze: true,
				});
				frappe.set_route("Form", frm.doctype, said.document);
			},
		);

	frappe.ui.form.on("ZATCA Document", {
		refresh(frm) {
			const { state } = frm.doc;
			frm.disable_save();
			// Core translates a choice without its doctype, and has other words for "Standard".
			frm.set_df_property("subtype", "formatter", (subtype) => __(subtype, null, frm.doctype));
			frm.page.set_indicator(__(state, null, frm.doctype), COLOURS[state]);
			const step = frm.doc.__onload?.next_step;
			if (step) frm.set_intro(step, COLOURS[state] === "green" ? "green" : "blue");
			if (OPEN.includes(state)) {
				frm.add_custom_button(__("Send Now"), () => send_document(frm));
			}
			if (frm.doc.__onload?.may_issue_again) {
				frm.add_custom_button(__("Issue Again"), () => issue_again(frm)).addClass("btn-primary");
			}
			frm.add_custom_button(__("Download XML"), () => {
				const query = $.param({ document: frm.doc.name });
				window.open(`/api/method/saudi_crm_billing.e_invoicing.api.download_xml?${query}`);
			});
			frappe.realtime.off("scb_e_invoice");
			frappe.realtime.on("scb_e_invoice", ({ name }) => {
				if (name === frm.doc.name) frm.reload_doc();
			});
		},
	});
})();
