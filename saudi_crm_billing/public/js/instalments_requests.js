// Payment requests of instalments: asked for on a Sales Invoice, each with a link of its own.
frappe.provide("scb.instalments");

scb.instalments.requests = {
	API: "saudi_crm_billing.instalments.requests.api",

	async ask(frm) {
		const { message: found } = await frappe.call({
			method: `${this.API}.requestable`,
			args: { sales_invoice: frm.doc.name },
			type: "GET",
		});
		if (found.by_core) {
			return frappe.msgprint(
				__("ERPNext makes payment requests of single due dates itself: use Create, Payment Request.")
			);
		}
		if (!found.rows.length) return frappe.msgprint(__("All instalments are paid."));
		this.dialog(frm, found);
	},

	dialog(frm, { rows, gateways }) {
		const next = rows.find((row) => !row.request);
		const data = rows.map((row) => ({
			...row,
			__checked: row === next ? 1 : 0,
			shown: row.request || "",
		}));
		const read_only = (fieldname, fieldtype, label, more) => ({
			fieldname, fieldtype, label, read_only: 1, in_list_view: 1, columns: 2, ...more,
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Request Payment of an Instalment"),
			size: "large",
			fields: [
				{
					fieldname: "rows",
					fieldtype: "Table",
					label: __("Instalments"),
					cannot_add_rows: true,
					cannot_delete_rows: true,
					in_place_edit: true,
					data,
					get_data: () => data,
					fields: [
						read_only("number", "Int", __("Number"), { columns: 1 }),
						read_only("due_date", "Date", __("Due Date")),
						read_only("due_date_hijri", "Data", __("Due Date (Hijri)")),
						read_only("outstanding", "Float", __("Outstanding"), { precision: 2 }),
						read_only("shown", "Data", __("Asked for by"), { columns: 3 }),
					],
				},
				...(gateways.length
					? [
							{
								fieldname: "gateway_account",
								fieldtype: "Select",
								label: __("Payment Gateway Account"),
								options: ["", ...gateways],
							},
						]
					: []),
			],
			primary_action_label: __("Request Payment"),
			primary_action: async () => {
				const chosen = dialog.fields_dict.rows.grid.get_selected_children();
				const { message: made } = await frappe.call({
					method: `${this.API}.request_instalments`,
					args: {
						sales_invoice: frm.doc.name,
						numbers: JSON.stringify(chosen.map((row) => row.number)),
						gateway_account: dialog.get_value("gateway_account") || null,
					},
					freeze: true,
				});
				dialog.hide();
				this.show(made);
				frm.reload_doc();
			},
		});
		dialog.show();
	},

	show(made) {
		const text = frappe.utils.escape_html;
		const parts = made.map((one) => {
			const heading = `<a href="${frappe.utils.get_form_link("Payment Request", one.name)}">${text(one.name)}</a>
				· <bdi dir="ltr">${format_number(one.amount, null, 2)}</bdi> ${text(one.currency)}`;
			if (!one.link) {
				return `<p>${heading}<br>${__("A draft: whoever may submit it gets its link.")}</p>`;
			}
			return `<p>${heading}<br><code dir="ltr" style="overflow-wrap:anywhere">${text(one.link)}</code><br>
				<button class="btn btn-xs btn-default" data-link="${text(one.link)}">${__("Copy Link")}</button>
				<span class="text-muted">${__("Works until {0}", [frappe.datetime.str_to_user(one.expires)])}</span></p>`;
		});
		const dialog = frappe.msgprint({ title: __("Payment Links"), message: parts.join(""), indicator: "green" });
		dialog.$wrapper
			.find("button[data-link]")
			.on("click", (event) => frappe.utils.copy_to_clipboard(event.currentTarget.dataset.link));
	},
};

if (!scb.instalments.requests_ready) {
	scb.instalments.requests_ready = true;
	frappe.ui.form.on("Sales Invoice", {
		refresh(frm) {
			const { docstatus, scb_instalment_plan, outstanding_amount } = frm.doc;
			if (docstatus !== 1 || !scb_instalment_plan || flt(outstanding_amount) <= 0) return;
			// Core keeps Payment Request out of "can create": it is made from another document.
			if (!frappe.model.can_write("Payment Request")) return;
			scb.instalments.action(frm, __("Request Payment of an Instalment"), () => scb.instalments.requests.ask(frm));
		},
	});
	frappe.ui.form.on("Payment Request", {
		refresh(frm) {
			const closed = ["Paid", "Cancelled", "Failed"].includes(frm.doc.status);
			if (frm.doc.docstatus !== 1 || closed || !frm.doc.scb_instalment_plan) return;
			if (!frm.perm[0].write) return;
			frm.add_custom_button(__("Payment Link"), async () => {
				const { message } = await frappe.call({
					method: `${scb.instalments.requests.API}.payment_link`,
					args: { request: frm.doc.name },
				});
				scb.instalments.requests.show([message]);
			});
		},
	});
}
