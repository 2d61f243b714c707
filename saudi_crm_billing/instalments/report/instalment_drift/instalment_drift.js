frappe.query_reports["Instalment Drift"] = {
	filters: [scb.reports.company(), scb.reports.customer(), ...scb.reports.page_filters()],
	onload(report) {
		report.page.add_inner_button(__("Recompute"), async () => {
			const plans = [...new Set((report.data || []).map((row) => row.plan).filter(Boolean))];
			if (!plans.length) {
				frappe.show_alert(__("Nothing differs."));
				return;
			}
			const { message: left } = await frappe.call({
				method: "saudi_crm_billing.instalments.api.recompute_plans",
				args: { plans },
				freeze: true,
			});
			frappe.show_alert({
				message: __("{0} of {1} plans agree with the ledger now.", [plans.length - left.length, plans.length]),
				indicator: left.length ? "orange" : "green",
			});
			report.refresh();
		});
	},
};
