frappe.query_reports["Instalments Due"] = {
	filters: [
		scb.reports.company(),
		scb.reports.date("from_date", __("From Date"), frappe.datetime.month_start()),
		scb.reports.date("to_date", __("To Date"), frappe.datetime.month_end()),
		scb.reports.select("state", __("Status"), [
			["", __("All")],
			["Open", __("Open", null, "Instalment")],
			["Late", __("Late", null, "Instalment")],
			["Due", __("Due", null, "Instalment")],
			["Not Due", __("Not Due", null, "Instalment")],
			["Paid", __("Paid")],
			["Written Off", __("Written Off", null, "Instalment")],
		]),
		scb.reports.customer(),
		...scb.reports.regions(),
		{ fieldname: "sales_person", label: __("Sales Person"), fieldtype: "Link", options: "Sales Person" },
		scb.reports.select(
			"period",
			__("Chart by"),
			[
				["Week", __("Week")],
				["Month", __("Month")],
			],
			"Week",
		),
		...scb.reports.page_filters(),
	],
	formatter: scb.reports.formatter((shown, value, column, { state }) => {
		const colour = { Late: "red", Due: "orange", Paid: "green", "Written Off": "gray" }[state] || "blue";
		return column.fieldname === "state_name" && value ? `<span class="indicator-pill ${colour}">${shown}</span>` : shown;
	}),
};
