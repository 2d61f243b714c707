// What changes a plan after its invoice was submitted: begun from the Sales Invoice and from the Instalment Plan.
frappe.provide("scb.instalments");

scb.instalments.changes = {
	// Each: a doctype, and the words of its button.
	kinds: () => [
		["Instalment Reschedule", __("Reschedule")],
		["Settlement Quote", __("Settle Early")],
		["Instalment Write-Off", __("Write Off")],
	],

	offer(frm, plan) {
		for (const [doctype, label] of this.kinds()) {
			if (!frappe.model.can_create(doctype)) continue;
			scb.instalments.action(frm, label, () => this.begin(plan, doctype));
		}
	},

	begin: (plan, doctype) => frappe.new_doc(doctype, { plan }),
};

frappe.ui.form.on("Sales Invoice", {
	refresh(frm) {
		const { docstatus, scb_instalment_plan, outstanding_amount } = frm.doc;
		if (docstatus === 1 && scb_instalment_plan && flt(outstanding_amount) > 0) {
			scb.instalments.changes.offer(frm, scb_instalment_plan);
		}
	},
});

frappe.ui.form.on("Instalment Plan", {
	refresh(frm) {
		const { reference_doctype, status, outstanding } = frm.doc;
		if (reference_doctype === "Sales Invoice" && status === "Active" && flt(outstanding) > 0) {
			scb.instalments.changes.offer(frm, frm.doc.name);
		}
	},
});
