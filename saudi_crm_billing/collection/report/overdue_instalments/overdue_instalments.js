frappe.query_reports["Overdue Instalments"] = {
	filters: [scb.reports.company(), scb.reports.customer(), scb.reports.date("as_on", __("Overdue on"))],
	formatter: scb.reports.formatter((shown, value, column, { days_past_due }) => {
		if (column.fieldname === "reminder_state" && value) return __(value, null, "Instalment Reminder");
		const late = column.fieldname === "days_past_due" && days_past_due > 30;
		return late ? `<span class="text-danger">${shown}</span>` : shown;
	}),
};
