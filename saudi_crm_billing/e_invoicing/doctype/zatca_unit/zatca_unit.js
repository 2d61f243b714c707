// ZATCA Unit: its next step, onboarding with a one-time password, and the connection check.

(() => {
	const API = "saudi_crm_billing.e_invoicing.api";
	const COLOURS = { Draft: "gray", Compliance: "orange", Active: "green", Expired: "red", Retired: "gray" };

	// What the company's record has fills what is empty, or what another company's record filled before.
	const propose = async (frm) => {
		if (!frm.is_new() || !frm.doc.company) return;
		const { message: found } = await frappe.call({
			method: `${API}.propose_unit`,
			args: { company: frm.doc.company },
			type: "GET",
		});
		const before = frm.scb_proposed || {};
		frm.scb_proposed = found;
		for (const field of ["organisation", "vat_number", "short_address"]) {
			if (!frm.doc[field] || frm.doc[field] === before[field]) {
				await frm.set_value(field, found[field] || "");
			}
		}
	};

	const onboard = async (frm) => {
		if (frm.doc.status !== "Draft") return ask_otp(frm);
		const { message: lacks } = await frappe.call({
			method: `${API}.check_readiness`,
			args: { unit: frm.doc.name },
			type: "GET",
			freeze: true,
		});
		return lacks.length ? show_lacks(frm, lacks) : ask_otp(frm);
	};

	const show_lacks = (frm, lacks) => {
		const text = frappe.utils.escape_html;
		const row = (lack) => `<tr>
			<td>${text(lack.text)}</td>
			<td><a class="btn btn-xs btn-default text-nowrap" target="_blank"
				href="${frappe.utils.get_form_link(lack.doctype, lack.name)}">${__("Open {0}", [__(lack.doctype)])}</a></td>
		</tr>`;
		const dialog = new frappe.ui.Dialog({
			title: __("Before {0} Is Onboarded", [frm.doc.name]),
			size: "large",
			fields: [{ fieldtype: "HTML", fieldname: "lacks" }],
			primary_action_label: __("Check Again"),
			primary_action() {
				dialog.hide();
				onboard(frm);
			},
		});
		dialog.fields_dict.lacks.$wrapper.html(`<div class="scb-lacks">
			<p>${__("Mend this first. The one-time password is asked for when nothing is missing any more.")}</p>
			<table class="table table-bordered"><tbody>${lacks.map(row).join("")}</tbody></table>
		</div>`);
		dialog.show();
	};

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
			__(
				"{0} will issue no more documents, and {1} no e-invoices until another unit is made and onboarded. This cannot be undone. Retire it?",
				[frm.doc.name, frm.doc.company],
			),
			() => run(frm, "retire_unit", {}, __("Retiring")),
		);
	};

	frappe.ui.form.on("ZATCA Unit", {
		onload: propose,
		company: propose,
		refresh(frm) {
			if (frm.is_new()) return;
			const { status } = frm.doc;
			frm.page.set_indicator(__(status, null, frm.doctype), COLOURS[status]);
			const step = frm.doc.__onload?.next_step;
			frm.set_intro(""); // a first save refreshes twice
			if (step) frm.set_intro(step, frm.doc.needs_attention ? "red" : "blue");
			if (["Draft", "Compliance"].includes(status)) {
				frm.add_custom_button(__("Onboard"), () => onboard(frm)).addClass("btn-primary");
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
