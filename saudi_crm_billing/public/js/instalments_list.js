// List of Sales Invoices: beside the status, how the instalments of each stand; filters by what is due.
(() => {
	const settings = (frappe.listview_settings["Sales Invoice"] = frappe.listview_settings["Sales Invoice"] || {});
	const { refresh, onload } = settings;
	settings.add_fields = [...new Set([...(settings.add_fields || []), "scb_instalment_plan"])];

	// One request for all rows that are shown, by those who may read plans.
	const show_standing = async ({ data, $result }) => {
		const invoices = (data || []).filter((row) => row.scb_instalment_plan && row.docstatus === 1);
		if (!invoices.length || !frappe.model.can_read("Instalment Plan")) return;
		const plans = await frappe.db.get_list("Instalment Plan", {
			filters: {
				name: ["in", invoices.map((row) => row.scb_instalment_plan)],
				next_due_date: ["is", "set"],
				status: "Active",
			},
			fields: ["reference_name", "next_due_date", "grace_days"],
			limit: invoices.length,
		});
		for (const plan of plans) {
			const [said] = scb.instalments.plan_indicator(plan);
			const mark = scb.instalments.plan_mark(plan);
			const row = $result.find(`.list-row-checkbox[data-name="${CSS.escape(plan.reference_name)}"]`).closest(".list-row");
			row.find(".scb-list-standing").remove();
			row.find(".list-subject").append(`<span class="scb-list-standing" title="${said}">${mark}</span>`);
		}
	};

	settings.refresh = (listview) => {
		refresh?.(listview);
		show_standing(listview);
	};

	settings.onload = (listview) => {
		onload?.(listview);
		const { late_filters, due_filters, filter_button } = scb.instalments;
		const with_plan = [["Sales Invoice", "scb_instalment_plan", "is", "set"]];
		const group = __("Instalments");
		filter_button(listview, __("Past Due"), () => [...with_plan, ...late_filters("Payment Schedule")], group);
		filter_button(listview, __("Due This Week"), () => [...with_plan, ...due_filters("Payment Schedule")], group);
	};
})();
