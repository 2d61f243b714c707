frappe.ui.form.on("Instalment Reminder", {
	refresh(frm) {
		if (frm.doc.reason) {
			frm.set_intro(frappe.utils.escape_html(frm.doc.reason), "red");
		}
	},
});
