// ZATCA Unit: its next step, onboarding with a one-time password, and the connection check.

(() => {
	const API = "saudi_crm_billing.e_invoicing.api";
	const COLOURS = { Draft: "gray", Compliance: "orange", Active: "green", Expired: "red", Retired: "gray" };

	const ask_otp = (frm) => {
		const going_on = frm.doc.status === "Compliance";
		frappe.prompt(
			[
				{
					fieldname: "otp",
					fieldtype: "Data",
					label: __("One-Time Password (OTP)"),
					reqd: going_on ? 0 : 1,
					description: going_on
						? __("Leave empty to go on with the compliance certificate that this unit has already.")
						: __("From the Fatoora portal: Onboard New Solution Unit. It is valid for one hour."),
				},
			],
			({ otp }) => run(frm, "onboard_unit", { password: otp }, __("Onboarding with ZATCA")),
			__("Onboard {0}", [frm.doc.name]),
			__("Onboard"),
		);
	};

	const run = async (frm, method, args, message) => {
		try {
			const { message: said } = await frappe.call({
				method: `${API}.${method}`,
				args: { unit: frm.doc.name, ...args },
				freeze: true,
				freeze_message: message,
			});
			return said;
		} finally {
			frm.reload_doc();
		}
	};

	const check = async (frm) => {
		const said = await run(frm, "check_unit", {}, __("Asking ZATCA"));
		if (!said) return;
		frappe.msgprint({
			title: said.ok ? __("ZATCA lets this unit in") : __("ZATCA does not let this unit in"),
			indicator: said.ok ? "green" : "red",
			message: frappe.utils.escape_html(said.message || "").replaceAll("\n", "<br>"),
		});
	};

	const retire = (frm) => {
		frappe.confirm(
			__("{0} will issue no more documents. This cannot be undone. Retire it?", [frm.doc.name]),
			() => run(frm, "retire_unit", {}, __("Retiring")),
		);
	};

	frappe.ui.form.on("ZATCA Unit", {
		refresh(frm) {
			if (frm.is_new()) return;
			const { status } = frm.doc;
			frm.page.set_indicator(__(status, null, frm.doctype), COLOURS[status]);
			const step = frm.doc.__onload?.next_step;
			if (step) frm.set_intro(step, frm.doc.needs_attention ? "red" : "blue");
			if (["Draft", "Compliance"].includes(status)) {
				frm.add_custom_button(__("Onboard"), () => ask_otp(frm)).addClass("btn-primary");
			}
			if (status !== "Draft") frm.add_custom_button(__("Check Connection"), () => check(frm));
			if (status !== "Retired") frm.add_custom_button(__("Retire"), () => retire(frm), __("Actions"));
			frappe.realtime.off("scb_zatca_unit");
			frappe.realtime.on("scb_zatca_unit", ({ unit }) => {
				if (unit === frm.doc.name && !frm.is_dirty()) frm.reload_doc();
			});
		},
	});
})();
