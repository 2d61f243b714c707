// Promissory Note: its next moves, and the note in its place.

(() => {
	const API = "saudi_crm_billing.instalments.notes.api";
	const LABELS = () => ({
		Issued: __("Mark as Issued"),
		"To Be Replaced": __("Mark as To Be Replaced"),
		"To Be Returned": __("Mark as To Be Returned"),
		Returned: __("Mark as Returned"),
		Executed: __("Send to Execution (Najiz)"),
		Cancelled: __("Cancel Note"),
	});
	const MAIN = { Draft: "Issued", "To Be Returned": "Returned", Replaced: "Returned" };

	const move = (frm, to) => {
		frappe.prompt(
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: to === "Cancelled" ? 1 : 0 },
			async ({ reason }) => {
				await frappe.call({
					method: `${API}.move_note`,
					args: { note: frm.doc.name, to, reason: reason || "" },
					freeze: true,
				});
				frm.reload_doc();
			},
			LABELS()[to],
			__("Confirm")
		);
	};

	const replace = async (frm) => {
		const { message: name } = await frappe.call({
			method: `${API}.draft_replacement`,
			args: { note: frm.doc.name },
			freeze: true,
		});
		frappe.set_route("Form", "Promissory Note", name);
	};

	frappe.ui.form.on("Promissory Note", {
		setup(frm) {
			const arabic = frappe.boot.lang.startsWith("ar");
			const { grid } = frm.fields_dict.moves;
			grid.update_docfield_property("reason", "in_list_view", arabic ? 0 : 1);
			grid.update_docfield_property("reason_ar", "in_list_view", arabic ? 1 : 0);
			frm.set_query("plan", "instalments", () => ({
				filters: {
					company: frm.doc.company,
					customer: frm.doc.customer,
					reference_doctype: "Sales Invoice",
				},
			}));
		},
		refresh(frm) {
			frm.set_df_property("moves", "cannot_add_rows", true);
			if (frm.is_new() || frm.is_dirty()) return;
			for (const to of (frm.doc.__onload || {}).moves || []) {
				if (!LABELS()[to]) continue;
				const button = frm.add_custom_button(LABELS()[to], () => move(frm, to));
				if (MAIN[frm.doc.status] === to) button.removeClass("btn-default").addClass("btn-primary");
			}
			if (frm.doc.status === "To Be Replaced" && frappe.model.can_create("Promissory Note")) {
				frm.add_custom_button(__("New Note in Its Place"), () => replace(frm))
					.removeClass("btn-default")
					.addClass("btn-primary");
			}
		},
	});
})();
