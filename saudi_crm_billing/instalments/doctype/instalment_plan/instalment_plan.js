frappe.ui.form.on("Instalment Plan", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.reference_name) {
			frm.add_custom_button(__(frm.doc.reference_doctype), () =>
				frappe.set_route("Form", frm.doc.reference_doctype, frm.doc.reference_name)
			);
		}
	},
});
