frappe.ui.form.on("Instalment Plan", {
	refresh(frm) {
		frm.disable_save();
		// The panel shows the rows with their state; the table would repeat them without it.
		frm.toggle_display("section_instalments", false);
		show_panel(frm);
		add_buttons(frm);
	},
});

async function show_panel(frm) {
	const plan = frm.doc.name;
	const { message: panel } = await frappe.call({
		method: "saudi_crm_billing.instalments.panels.api.plan_panel",
		args: { plan },
		type: "GET",
	});
	if (frm.doc.name !== plan) return;
	frm.dashboard.add_section(scb.instalments.panel.html(panel), __("Instalments"));
	frm.dashboard.show();
}

function add_buttons(frm) {
	const { reference_doctype, reference_name, status } = frm.doc;
	const { action, print } = scb.instalments;
	if (reference_name) {
		frm.add_custom_button(__(reference_doctype), () => frappe.set_route("Form", reference_doctype, reference_name));
	}
	action(frm, __("Print Schedule"), () => print("schedule", frm));
	if (status === "Completed" && reference_doctype === "Sales Invoice") {
		action(frm, __("Clearance Letter"), () => print("clearance", frm));
	}
}
