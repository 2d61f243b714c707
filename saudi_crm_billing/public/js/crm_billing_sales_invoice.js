frappe.ui.form.on("Sales Invoice", {
	refresh(frm) {
		if (frm.is_new() || !(frm.doc.items || []).some((row) => row.sales_order)) return;
		frm.add_custom_button(
			__("Compare with Order"),
			() =>
				frappe
					.call("saudi_crm_billing.crm_billing.api.compare_with_order", { invoice: frm.doc.name })
					.then(({ message }) => show_differences(message)),
			__("View"),
		);
	},
});

function show_differences(differences) {
	if (!differences.length) {
		frappe.show_alert({ message: __("The invoice says what was ordered."), indicator: "green" });
		return;
	}
	const escape = frappe.utils.escape_html;
	const head = [
		__("Line", null, "Compare with Order"),
		__("Field"),
		__("Ordered", null, "Compare with Order"),
		__("Invoiced", null, "Compare with Order"),
	];
	const cells = differences.map((row) => [row.line || "", row.field, row.ordered, row.invoiced]);
	const row_of = (tag) => (row) =>
		`<tr>${row.map((cell) => `<${tag}>${escape(String(cell))}</${tag}>`).join("")}</tr>`;
	frappe.msgprint({
		title: __("Differs from the Order"),
		indicator: "orange",
		message: `<table class="table table-bordered"><thead>${row_of("th")(head)}</thead>
			<tbody>${cells.map(row_of("td")).join("")}</tbody></table>`,
	});
}
