frappe.ui.form.on("Instalment Write-Off", {
	setup(frm) {
		frm.set_query("plan", () => ({
			filters: { reference_doctype: "Sales Invoice", status: "Active", outstanding: [">", 0] },
		}));
	},

	refresh(frm) {
		const { docstatus, status } = frm.doc;
		if (!frm.is_new()) {
			const settings = frappe.listview_settings["Instalment Write-Off"];
			if (settings) frm.page.set_indicator(...settings.get_indicator(frm.doc).slice(0, 2));
		}
		const open = docstatus === 1 && ["Written Off", "Partly Recovered"].includes(status);
		if (open && frappe.model.can_create("Write-Off Recovery")) {
			frm.add_custom_button(__("Record Recovery"), () =>
				frappe.new_doc("Write-Off Recovery", { write_off: frm.doc.name })
			);
		}
	},
});
