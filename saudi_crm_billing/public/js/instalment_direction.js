// Payment Entry, Journal Entry and Sales Invoice: a payment that the customer wants on a certain instalment.

frappe.provide("scb.instalments");

(() => {
	const API = "saudi_crm_billing.instalments.directing.api";
	const DIRECTION = "Instalment Direction";

	// Sales Invoices that the document settles, or the one that it is.
	const invoices_of = ({ doctype, name, references, accounts }) => {
		if (doctype === "Sales Invoice") return [name];
		const rows = (references || accounts || []).filter(
			(row) => (row.reference_doctype || row.reference_type) === "Sales Invoice",
		);
		return [...new Set(rows.map((row) => row.reference_name))];
	};

	const with_plan = async (names) => {
		const plans = await frappe.db.get_list("Instalment Plan", {
			filters: {
				reference_doctype: "Sales Invoice",
				reference_name: ["in", names],
				status: ["!=", "Cancelled"],
			},
			fields: ["reference_name"],
			limit: names.length,
		});
		return plans.map(({ reference_name }) => reference_name);
	};

	// Not `can_create`, which leaves out what has no list button of its own for a new one.
	scb.instalments.may_direct = async () => {
		await frappe.model.with_doctype(DIRECTION);
		return frappe.perm.has_perm(DIRECTION, 0, "create");
	};

	const add_button = async (frm) => {
		const { doctype, name, docstatus } = frm.doc;
		const names = docstatus === 1 ? invoices_of(frm.doc) : [];
		if (!names.length || !(await scb.instalments.may_direct())) return;
		const planned = await with_plan(names);
		if (!planned.length || frm.doc.name !== name) return;
		const payment = doctype === "Sales Invoice" ? null : name;
		scb.instalments.action(frm, __("Direct to an Instalment…"), () => ask(frm, planned, payment));
	};

	const ask = async (frm, planned, payment) => {
		const answers = await Promise.all(
			planned.map((sales_invoice) =>
				frappe.call({ method: `${API}.directable`, args: { sales_invoice }, type: "GET" }),
			),
		);
		const choices = planned.flatMap((sales_invoice, place) => {
			const { currency, payments } = answers[place].message;
			return payments
				.filter(({ voucher_no }) => !payment || voucher_no === payment)
				.map((one) => ({ ...one, sales_invoice, currency }));
		});
		if (!choices.length) {
			frappe.msgprint(__("Nothing of the payment is left to direct: it is directed already, or settles no plan."));
			return;
		}
		show(frm, choices);
	};

	const show = (frm, choices) => {
		const label = ({ voucher_no, sales_invoice, free, currency }) =>
			`${voucher_no} → ${sales_invoice}: ${format_currency(free, currency)}`;
		const chosen = () => choices.find((one) => label(one) === dialog.get_value("payment"));
		const instalment = ({ number, due_date, owes }, currency) => ({
			value: String(number),
			label: `${number || __("Down Payment")} · ${frappe.datetime.str_to_user(due_date)} · ${format_currency(owes, currency)}`,
		});
		const offer = () => {
			const one = chosen();
			if (!one) return;
			dialog.set_df_property("number", "options", one.instalments.map((row) => instalment(row, one.currency)));
			dialog.set_value("number", String(one.instalments[one.instalments.length - 1].number));
		};
		const suggest = () => {
			const one = chosen();
			const row = one?.instalments.find(({ number }) => String(number) === dialog.get_value("number"));
			if (row) dialog.set_value("amount", Math.min(one.free, row.owes));
		};
		const dialog = new frappe.ui.Dialog({
			title: __("Direct to an Instalment"),
			fields: [
				{
					fieldname: "payment",
					fieldtype: "Select",
					label: __("Payment and what is free of it"),
					options: choices.map(label),
					default: label(choices[0]),
					reqd: 1,
					onchange: offer,
				},
				{
					fieldname: "number",
					fieldtype: "Select",
					label: __("Instalment and what it owes"),
					reqd: 1,
					onchange: suggest,
				},
				{ fieldname: "amount", fieldtype: "Currency", label: __("Amount"), reqd: 1 },
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Reason"),
					description: __("What the customer asked for, and how."),
					reqd: 1,
				},
			],
			primary_action_label: __("Direct"),
			primary_action: async ({ number, amount, reason }) => {
				const { sales_invoice, voucher_type, voucher_no } = chosen();
				const args = { sales_invoice, voucher_type, voucher_no, number, amount, reason };
				await frappe.call({ method: `${API}.direct`, args, freeze: true });
				dialog.hide();
				frappe.show_alert({ message: __("The payment is directed to instalment {0}.", [number]), indicator: "green" });
				frm.reload_doc();
			},
		});
		dialog.show();
		offer();
	};

	if (!scb.instalments.directions_ready) {
		scb.instalments.directions_ready = true;
		for (const doctype of ["Payment Entry", "Journal Entry", "Sales Invoice"]) {
			frappe.ui.form.on(doctype, { refresh: add_button });
		}
	}
})();
