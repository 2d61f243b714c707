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

	const attempt_row = (row) => `<tr>
		<td><a href="${frappe.utils.get_form_link("ZATCA Attempt", row.name)}">${frappe.datetime.str_to_user(row.sent_on)}</a></td>
		<td>${__(row.call, null, "ZATCA Attempt")}</td>
		<td>${__(row.outcome, null, "ZATCA Attempt")}</td>
		<td>${row.http_status || ""}</td>
		<td>${row.duration_ms || ""}</td>
	</tr>`;

	// The newest ones; the connection above lists them all.
	const show_attempts = async (frm) => {
		const { $wrapper } = frm.fields_dict.attempts_view;
		const fields = ["name", "sent_on", "call", "outcome", "http_status", "duration_ms"];
		const rows = await frappe.db.get_list("ZATCA Attempt", {
			filters: { document: frm.doc.name },
			fields,
			order_by: "sent_on desc",
			limit: 10,
		});
		const head = [__("Sent On"), __("Gateway Call"), __("Outcome"), __("HTTP Status"), __("Milliseconds")];
		$wrapper.html(
			rows.length
				? `<table class="table table-bordered small">
					<thead><tr>${head.map((label) => `<th>${label}</th>`).join("")}</tr></thead>
					<tbody>${rows.map(attempt_row).join("")}</tbody>
				</table>`
				: `<p class="text-muted">${__("Not sent yet")}</p>`,
		);
	};

	frappe.ui.form.on("ZATCA Document", {
		refresh(frm) {
			const { state } = frm.doc;
			frm.disable_save();
			// Core translates a choice without its doctype, and has other words for "Standard".
			for (const fieldname of ["subtype", "environment"]) {
				frm.set_df_property(fieldname, "formatter", (choice) => __(choice, null, frm.doctype));
			}
			frm.page.set_indicator(...scb.e_invoicing.shown(frm.doc));
			show_attempts(frm);
			const step = frm.doc.__onload?.next_step;
			if (step) frm.set_intro(step, COLOURS[state] === "green" ? "green" : "blue");
			if (OPEN.includes(state)) {
				frm.add_custom_button(__("Send Now"), () => send_document(frm));
			}
			if (frm.doc.__onload?.may_issue_again) {
				const show = (name) => frappe.set_route("Form", frm.doctype, name);
				const issue = () => scb.e_invoicing.issue_again(frm.doc.name, show);
				frm.add_custom_button(__("Issue Again"), issue).addClass("btn-primary");
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
