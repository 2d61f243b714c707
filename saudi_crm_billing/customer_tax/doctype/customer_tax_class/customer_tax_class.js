const VATEX_OF_CATEGORY = {
	E: ["VATEX-SA-29", "VATEX-SA-29-7", "VATEX-SA-30"],
	O: ["VATEX-SA-OOS"],
};

frappe.ui.form.on("Customer Tax Class", {
	refresh(frm) {
		offer_codes(frm);
	},
	category(frm) {
		frm.set_value("rate", frm.doc.category === "S" ? 15 : 0);
		offer_codes(frm);
		if (!allowed_codes(frm).includes(frm.doc.vatex_code)) {
			frm.set_value("vatex_code", "");
		}
	},
});

function allowed_codes(frm) {
	const all = frappe.meta.get_docfield("Customer Tax Class", "vatex_code").options.split("\n").filter(Boolean);
	const elsewhere = Object.values(VATEX_OF_CATEGORY).flat();
	return VATEX_OF_CATEGORY[frm.doc.category] || all.filter((code) => !elsewhere.includes(code));
}

function offer_codes(frm) {
	frm.fields_dict.vatex_code.df.options = ["", ...allowed_codes(frm)].join("\n");
	frm.refresh_field("vatex_code");
}
