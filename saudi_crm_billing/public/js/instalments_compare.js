// Terms side by side, before one is taken: Quotation, Sales Order and Sales Invoice while they are drafts.
frappe.provide("scb.instalments");

scb.instalments.compare = {
	open(frm) {
		if (!(frm.doc.items || []).some((row) => row.item_code && flt(row.qty))) {
			frappe.msgprint(__("Add items first: the plans are computed from the total."));
			return;
		}
		frappe
			.call({
				method: "saudi_crm_billing.instalments.offering.api.compare",
				args: { doc: JSON.stringify(frm.doc) },
				freeze: true,
			})
			.then(({ message }) => this.show(frm, message));
	},

	show(frm, plans) {
		const dialog = new frappe.ui.Dialog({ title: __("Compare Plans"), size: "extra-large" });
		dialog.$body.html(plans.length ? this.table(frm, plans) : this.empty());
		dialog.$body.on("click", "[data-plan]", (event) => {
			this.take(frm, plans[event.currentTarget.dataset.plan].template);
			dialog.hide();
		});
		dialog.show();
	},

	empty() {
		return `<p class="text-muted">${__("No plan is offered for this customer, date and total.")}</p>`;
	},

	take(frm, template) {
		return frm.set_value({
			scb_instalment_count: 0,
			scb_first_due_date: null,
			scb_down_payment: 0,
			scb_plan_template: template,
		});
	},

	table(frm, plans) {
		const possible = plans.filter((plan) => !plan.reason);
		const cost = possible.some((plan) => flt(plan.margin));
		const early = possible.some((plan) => plan.earlier_days);
		const money = (amount) => `<bdi>${format_currency(amount, frm.doc.currency)}</bdi>`;
		const lines = [
			[__("Down Payment"), (plan) => (plan.down_payment ? money(plan.down_payment) : "–")],
			[__("Instalments"), (plan) => plan.runs.map((run) => this.run(run, money)).join("<br>")],
			[__("First Due"), (plan) => this.day(plan.first)],
			[__("Last Due"), (plan) => this.day(plan.last)],
			...(early ? [[__("Compared with Gregorian Months"), (plan) => this.earlier(plan)]] : []),
			...(cost
				? [
						[__("Cash Price"), (plan) => money(plan.cash_total)],
						[__("Margin with VAT"), (plan) => (plan.margin ? money(plan.margin) : "–")],
					]
				: []),
			[__("Total"), (plan) => `<b>${money(plan.total)}</b>`],
			["", (plan) => this.button(frm, plan, plans.indexOf(plan))],
			["", (plan) => this.rows(plan, money)],
		];
		const head = plans.map(
			(plan) => `<th scope="col"><bdi>${frappe.utils.escape_html(__(plan.template))}</bdi></th>`
		);
		const body = lines.map(([label, text], index) => {
			const cells = plans.map((plan) => {
				if (plan.reason) return index ? "" : this.reason(plan, lines.length);
				return `<td>${text(plan)}</td>`;
			});
			return `<tr><th scope="row">${label}</th>${cells.join("")}</tr>`;
		});
		return `<div class="table-responsive"><table class="table table-bordered scb-compare">
			<thead><tr><th></th>${head.join("")}</tr></thead>
			<tbody>${body.join("")}</tbody></table></div>`;
	},

	run(run, money) {
		return `<bdi>${run.count} × ${money(run.amount)}</bdi>`;
	},

	day(day) {
		return `<bdi>${frappe.datetime.str_to_user(day.due_date)}</bdi><br>
			<span class="text-muted"><bdi dir="ltr">${day.due_date_hijri}</bdi> ${__("AH")}</span>`;
	},

	earlier(plan) {
		if (!plan.earlier_days) return "–";
		return `<span class="indicator-pill orange">${__("{0} days earlier", [plan.earlier_days])}</span>`;
	},

	reason(plan, rowspan) {
		const text = frappe.dom.remove_script_and_style(plan.reason);
		return `<td class="text-muted" rowspan="${rowspan}">${text}</td>`;
	},

	rows(plan, money) {
		const lines = plan.rows.map(
			(row) => `<tr><td>${row.number || __("Down Payment")}</td>
				<td><bdi>${frappe.datetime.str_to_user(row.due_date)}</bdi></td>
				<td class="text-muted"><bdi dir="ltr">${row.due_date_hijri}</bdi></td><td>${money(row.amount)}</td></tr>`
		);
		return `<details><summary>${__("Each Instalment")}</summary><table>${lines.join("")}</table></details>`;
	},

	button(frm, plan, index) {
		if (plan.template === frm.doc.scb_plan_template) {
			return `<span class="indicator-pill green">${__("On the form now")}</span>`;
		}
		return `<button class="btn btn-primary btn-sm" data-plan="${index}">${__("Take This Plan")}</button>`;
	},
};

// Registered once, whichever of the three forms is opened first.
if (!scb.instalments.compare_ready) {
	scb.instalments.compare_ready = true;
	for (const doctype of ["Quotation", "Sales Order", "Sales Invoice"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				const carries = !frm.doc.is_return && !frm.doc.is_pos && frm.doc.is_opening !== "Yes";
				if (frm.doc.docstatus === 0 && carries && frm.perm[0]?.write) {
					scb.instalments.action(frm, __("Compare Plans"), () => scb.instalments.compare.open(frm));
				}
			},
		});
	}
}
