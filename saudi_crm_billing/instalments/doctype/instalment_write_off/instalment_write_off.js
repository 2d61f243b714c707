frappe.ui.form.on("Instalment Write-Off", {
	setup(frm) {
		frm.set_query("plan", () => ({
			filters: { reference_doctype: "Sales Invoice", status: "Active", outstanding: [">", 0] },
		}));
	},

	refresh(frm) {
		frm.set_df_property("rows", "cannot_add_rows", 1);
		frm.set_df_property("rows", "cannot_delete_rows", 1);
		frm.trigger("offer_rows");
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

	scope: (frm) => frm.trigger("offer_rows"),

	// What was ticked is another plan's.
	plan(frm) {
		frm.clear_table("rows");
		frm.refresh_field("rows");
		return frm.trigger("offer_rows");
	},

	// To be ticked, before the first save shows them.
	async offer_rows(frm) {
		const { plan } = frm.doc;
		const wanted = () => frm.doc.scope === "Chosen Instalments" && frm.doc.plan === plan && !frm.doc.rows?.length;
		if (!frm.is_new() || !plan || !wanted()) return;
		const method = "saudi_crm_billing.instalments.settling.api.write_off_choices";
		const { message } = await frappe.call({ method, args: { plan } });
		if (!wanted()) return; // Chosen anew meanwhile.
		(message || []).forEach((row) => frm.add_child("rows", row));
		frm.refresh_field("rows");
	},
});
