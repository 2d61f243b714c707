// Customer: all live plans that the user may read, with their sums.
frappe.provide("scb.instalments");

scb.instalments.show_customer = async (frm) => {
	if (frm.is_new() || !frappe.model.can_read("Instalment Plan")) return;
	const customer = frm.doc.name;
	const { message: panel } = await frappe.call({
		method: "saudi_crm_billing.instalments.panels.api.customer_panel",
		args: { customer },
		type: "GET",
	});
	if (frm.doc.name !== customer || !panel.plans.length) return;
	frm.dashboard.add_section(scb.instalments.customer_html(panel), __("Instalments"));
	frm.dashboard.show();
	frm.dashboard.set_headline_alert(scb.instalments.customer_headline(panel.sums));
	const { action, print_statement } = scb.instalments;
	action(frm, __("Print Statement"), () => print_statement(customer));
};

// Above the tabs, one line for each company: the table stands on the tab of connections.
scb.instalments.customer_headline = (sums) => {
	const { money, pill, tag } = scb.instalments;
	const lines = sums.map(({ outstanding, late, days_late, currency }) => {
		const owed = `${__("Outstanding in Instalments")}: ${money(outstanding, currency)}`;
		const state = days_late
			? `${pill("Late", days_late)} ${money(late, currency)}`
			: tag("✓", __("Nothing is late"), "good");
		return `<div class="scb-customer-line">${owed} · ${state}</div>`;
	});
	return lines.join("");
};

scb.instalments.customer_html = ({ plans, sums, is_cut }) => {
	const { money, day, pill, tag } = scb.instalments;
	const late = (of) => (of.days_late ? pill("Late", of.days_late) : tag("✓", __("Nothing is late"), "good"));
	const fact = (label, text, more = "") =>
		`<div class="scb-fact"><span class="scb-fact-label">${label}</span><span class="scb-fact-value">${text}</span>${more}</div>`;
	const heads = sums.map(
		(sum) => `<div class="scb-facts">
			${fact(frappe.utils.escape_html(sum.company), __("Plans: {0}", [sum.plans]))}
			${fact(__("Outstanding"), money(sum.outstanding, sum.currency))}
			${fact(__("Late"), money(sum.late, sum.currency), late(sum))}
			${sum.next_due ? fact(__("Next due"), money(sum.next_amount, sum.currency), `<div>${day(sum.next_due)}</div>`) : ""}</div>`,
	);
	const columns = [__("Sales Invoice"), __("Outstanding"), __("Next due"), __("Amount"), __("State")];
	const cell = (text, index, kind = "") => `<td data-label="${columns[index]}" class="${kind}">${text}</td>`;
	const rows = plans.map((plan) => {
		const link = frappe.utils.get_form_link("Sales Invoice", plan.sales_invoice, true);
		return `<tr>${cell(link, 0)}${cell(money(plan.outstanding, plan.currency), 1, "scb-money")}
			${cell(plan.next_due ? day(plan.next_due, plan.next_due_hijri) : "", 2)}
			${cell(money(plan.next_amount, plan.currency), 3, "scb-money")}${cell(late(plan), 4)}</tr>`;
	});
	const more = is_cut ? `<p class="text-muted">${__("Only the first {0} plans are shown.", [plans.length])}</p>` : "";
	return `<div class="scb-panel">${heads.join("")}<div class="scb-plan-wrap"><table class="table table-sm scb-plan"><thead><tr>${columns
		.map((head, index) => `<th class="${[1, 3].includes(index) ? "scb-money" : ""}">${head}</th>`)
		.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>${more}</div>`;
};

frappe.ui.form.on("Customer", { refresh: (frm) => scb.instalments.show_customer(frm) });
