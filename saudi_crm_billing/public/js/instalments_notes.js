// Sales Invoice: promissory notes for what its plan owes.
if (!frappe.provide("scb.instalments").notes_ready) {
	scb.instalments.notes_ready = true;
	frappe.ui.form.on("Sales Invoice", {
		refresh(frm) {
			const { docstatus, scb_instalment_plan, outstanding_amount } = frm.doc;
			if (docstatus !== 1 || !scb_instalment_plan || flt(outstanding_amount) <= 0) return;
			if (!frappe.model.can_create("Promissory Note")) return;
			frm.add_custom_button(
				__("New Promissory Notes"),
				() => {
					const one = __("One for the plan, payable at sight");
					const each = __("One for each instalment, on its due date");
					frappe.prompt(
						[
							{
								fieldname: "kind",
								fieldtype: "Select",
								label: __("Notes"),
								options: [one, each],
								default: one,
								reqd: 1,
							},
							{
								fieldname: "platform",
								fieldtype: "Select",
								label: __("Platform"),
								options: [
									{ value: "Paper", label: __("Paper") },
									{ value: "Nafith", label: __("Nafith") },
								],
								default: "Paper",
								reqd: 1,
							},
						],
						async ({ kind, platform }) => {
							const { message: names } = await frappe.call({
								method: "saudi_crm_billing.instalments.notes.api.draft_notes",
								args: {
									sales_invoice: frm.doc.name,
									each_instalment: kind === each ? 1 : 0,
									platform,
								},
								freeze: true,
							});
							if (names.length === 1) frappe.set_route("Form", "Promissory Note", names[0]);
							else frappe.set_route("List", "Promissory Note", { name: ["in", names] });
						},
						__("New Promissory Notes"),
						__("Draft")
					);
				},
				__("Instalments")
			);
		},
	});
}
