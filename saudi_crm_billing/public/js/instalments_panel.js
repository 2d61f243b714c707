// The plan of a submitted document, and the form of the plan itself: sums, next due, each instalment, what happened.
frappe.provide("scb.instalments.panel");

scb.instalments.panel.html = (plan) => {
	if (!plan.rows.length) return "";
	const { top, table, history, lineage } = scb.instalments.panel;
	return `<div class="scb-panel">${top(plan)}${table(plan)}${history(plan)}${lineage(plan)}</div>`;
};

scb.instalments.panel.top = (plan) => {
	const { money, progress, day, when, tag } = scb.instalments;
	if (!plan.is_owed) return "";
	const fact = (label, text, more = "") =>
		`<div class="scb-fact"><span class="scb-fact-label">${label}</span><span class="scb-fact-value">${text}</span>${more}</div>`;
	const facts = [fact(__("Outstanding"), money(plan.outstanding, plan.currency))];
	if (plan.next) {
		const { due_date, due_date_hijri, outstanding } = plan.next;
		facts.push(fact(__("Next due"), money(outstanding, plan.currency), `<div>${day(due_date, due_date_hijri)}</div>${when(plan.next)}`));
	}
	facts.push(
		plan.late
			? fact(__("Late"), money(plan.late, plan.currency))
			: fact(__("Late"), tag("✓", __("Nothing is late"), "good")),
	);
	if (flt(plan.not_scheduled)) facts.push(fact(__("Outside the Schedule"), money(plan.not_scheduled, plan.currency)));
	if (flt(plan.written_off)) facts.push(fact(__("Written Off", null, "Instalment"), money(plan.written_off, plan.currency)));
	if (flt(plan.recovered)) facts.push(fact(__("Recovered after the Write-Off"), money(plan.recovered, plan.company_currency)));
	return `<div class="scb-facts">${facts.join("")}</div>${progress(plan)}`;
};

scb.instalments.panel.table = (plan) => {
	const { money, pill } = scb.instalments;
	const gone = flt(plan.written_off) ? ["written_off"] : [];
	const sums = plan.is_owed ? ["amount", "paid", ...gone, "credited", "outstanding"] : ["amount"];
	const names = {
		amount: __("Amount"),
		paid: __("Paid", null, "Instalment"),
		written_off: __("Written Off", null, "Instalment"),
		credited: __("Credited"),
		outstanding: __("Outstanding"),
	};
	const heads = [__("No."), __("Due Date"), __("Hijri Date"), ...sums.map((name) => names[name]), __("State")];
	const cell = (text, index, kind = "") =>
		`<td data-label="${frappe.utils.escape_html(heads[index])}" class="${kind}">${text}</td>`;
	const body = plan.rows.map((row) => {
		const cells = [
			cell(row.number === 0 ? __("Down Payment") : row.number, 0, "scb-number"),
			cell(`<bdi>${frappe.datetime.str_to_user(row.due_date)}</bdi>`, 1),
			cell(`<bdi dir="ltr">${frappe.utils.escape_html(row.due_date_hijri || "")}</bdi>`, 2),
			...sums.map((name, index) => cell(money(row[name], plan.currency), 3 + index, "scb-money")),
			cell(pill(row.state, row.days_late), heads.length - 1),
		];
		return `<tr class="${row.state === "Late" ? "scb-row-late" : ""}">${cells.join("")}</tr>`;
	});
	const total = (name) => money(plan.rows.reduce((sum, row) => sum + flt(row[name]), 0), plan.currency);
	const foot = [`<td colspan="3">${__("Total")}</td>`, ...sums.map((name, index) => cell(total(name), 3 + index, "scb-money")), "<td></td>"];
	return `<div class="scb-plan-wrap"><table class="table table-sm scb-plan"><thead><tr>${heads
		.map((head, index) => `<th class="${index > 2 && index < heads.length - 1 ? "scb-money" : ""}">${head}</th>`)
		.join("")}</tr></thead><tbody>${body.join("")}</tbody><tfoot><tr>${foot.join("")}</tr></tfoot></table></div>`;
};

scb.instalments.panel.SHAPES = { paid: "＋", gone: "■", credited: "▨", undone: "↺", moved: "⇄", known: "•" };

scb.instalments.panel.history = (plan) => {
	if (!plan.events.length) return "";
	const events = plan.events.map(
		(event) => `<li class="scb-event scb-event-${event.kind}">
			<span class="scb-event-shape" aria-hidden="true">${scb.instalments.panel.SHAPES[event.kind]}</span>
			<span><bdi>${frappe.utils.escape_html(event.text)}</bdi>${scb.instalments.panel.cause(event)}
			<small class="text-muted"><bdi>${frappe.datetime.str_to_user(event.at)}</bdi> · ${__("Outstanding")}
			${scb.instalments.money(event.outstanding, plan.currency)}</small></span></li>`,
	);
	return `<details class="scb-events"${plan.events.length < 6 ? " open" : ""}><summary>${__("What happened ({0})", [
		plan.events.length,
	])}</summary><ol>${events.join("")}</ol></details>`;
};

scb.instalments.panel.cause = ({ cause_doctype, cause_name }) =>
	cause_name ? ` · ${frappe.utils.get_form_link(cause_doctype, cause_name, true)}` : "";

// The plans that this one carries on, and those that carry it on.
scb.instalments.panel.lineage = (plan) => {
	if (!plan.lineage.length) return "";
	const items = plan.lineage.map((other) => {
		const link = frappe.utils.get_form_link("Instalment Plan", other.name, true);
		const status = __(other.status, null, "Instalment Plan");
		return `<li>${link} · ${__(other.reference_doctype)} · ${__("Version {0}", [other.version])} · ${status}</li>`;
	});
	return `<details class="scb-events"><summary>${__("Earlier and later plans")}</summary><ul>${items.join("")}</ul></details>`;
};
