frappe.ui.form.on("Settlement Quote", {
	setup(frm) {
		frm.set_query("plan", () => ({
			filters: { reference_doctype: "Sales Invoice", status: "Active", outstanding: [">", 0] },
		}));
	},

	refresh(frm) {
		const colours = { Draft: "orange", Open: "blue", Paid: "green", Expired: "gray", Void: "gray" };
		const status = frm.doc.status || "Draft";
		if (!frm.is_new()) {
			frm.page.set_indicator(__(status, null, "Settlement Quote"), colours[status]);
		}
		if (status === "Open" && frappe.model.can_create("Payment Entry")) {
			frm.add_custom_button(__("Receive Payment"), () => frm.trigger("ask_how_it_is_paid")).addClass(
				"btn-primary"
			);
		}
		if (["Expired", "Void"].includes(status) && frappe.model.can_create("Settlement Quote")) {
			frm.add_custom_button(__("Quote Anew"), () =>
				frappe.new_doc("Settlement Quote", { plan: frm.doc.plan })
			);
		}
	},

	ask_how_it_is_paid(frm) {
		const fields = [
			{ fieldname: "posting_date", fieldtype: "Date", label: __("Paid on"), default: "Today", reqd: 1 },
			{
				fieldname: "mode_of_payment",
				fieldtype: "Link",
				options: "Mode of Payment",
				label: __("Mode of Payment"),
			},
			{
				fieldname: "paid_to",
				fieldtype: "Link",
				options: "Account",
				label: __("Account Paid To"),
				reqd: 1,
				get_query: () => ({
					filters: {
						company: frm.doc.company,
						is_group: 0,
						account_type: ["in", ["Bank", "Cash"]],
					},
				}),
			},
			{ fieldname: "reference_no", fieldtype: "Data", label: __("Reference No") },
			{ fieldname: "reference_date", fieldtype: "Date", label: __("Reference Date") },
		];
		const amount = format_currency(frm.doc.amount_to_pay, frm.doc.currency);
		frappe.prompt(
			fields,
			(values) =>
				frappe
					.call({
						method: "saudi_crm_billing.instalments.settling.api.receive_payment",
						args: { quote: frm.doc.name, ...values },
						freeze: true,
					})
					.then(() => frm.reload_doc()),
			__("Receive {0}", [amount]),
			__("Receive and Submit")
		);
	},
});
