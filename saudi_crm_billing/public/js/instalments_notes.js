// Sales Invoice: promissory notes for what its plan owes.
frappe.provide("scb.instalments");

scb.instalments.notes = {
	offer(frm) {
		const { docstatus, scb_instalment_plan, outstanding_amount } = frm.doc;
		if (docstatus !== 1 || !scb_instalment_plan || flt(outstanding_amount) <= 0) return;
		if (!frappe.model.can_create("Promissory Note")) return;
		scb.instalments.action(frm, __("New Promissory Notes"), () => this.ask(frm));
	},

	ask(frm) {
		const one = __("One for the plan, payable at sight");
		const each = __("One for each instalment, on its due date");
		const platforms = [
			{ value: "Paper", label: __("Paper") },
			{ value: "Nafith", label: __("Nafith") },
		];
		const select = (fieldname, label, options, chosen) => ({
			fieldname, fieldtype: "Select", label, options, default: chosen, reqd: 1,
		});
		frappe.prompt(
			[select("kind", __("Notes"), [one, each], one), select("platform", __("Platform"), platforms, "Paper")],
			({ kind, platform }) => this.draft(frm.doc.name, kind === each, platform),
			__("New Promissory Notes"),
			__("Draft"),
		);
	},

	async draft(sales_invoice, for_each, platform) {
		const { message: names } = await frappe.call({
			method: "saudi_crm_billing.instalments.notes.api.draft_notes",
			args: { sales_invoice, each_instalment: for_each ? 1 : 0, platform },
			freeze: true,
		});
		if (names.length === 1) frappe.set_route("Form", "Promissory Note", names[0]);
		else frappe.set_route("List", "Promissory Note", { name: ["in", names] });
	},
};

if (!scb.instalments.notes_ready) {
	scb.instalments.notes_ready = true;
	frappe.ui.form.on("Sales Invoice", { refresh: (frm) => scb.instalments.notes.offer(frm) });
}
