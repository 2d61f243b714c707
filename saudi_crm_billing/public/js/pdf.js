// On every page of the Desk: a PDF that the server makes, fetched and saved.
frappe.provide("scb.pdf");

// By fetch and not by a new window: a refusal is shown on the form, with its way out, under `title`.
scb.pdf.fetch = async (call, request, title) => {
	frappe.dom.freeze(__("Making the PDF"));
	try {
		const answer = await fetch(`/api/method/${call}`, {
			...request,
			headers: { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token },
		});
		if (answer.ok) scb.pdf.save(await answer.blob(), answer.headers.get("Content-Disposition") || "");
		else scb.pdf.show_refusal(await answer.json().catch(() => ({})), title);
	} finally {
		frappe.dom.unfreeze();
	}
};

scb.pdf.save = (content, disposition) => {
	const [, plain] = /filename="?([^";]+)/.exec(disposition) || [null, "print.pdf"];
	const [, encoded] = /filename\*=UTF-8''([^;]+)/i.exec(disposition) || [];
	const link = document.createElement("a");
	link.href = URL.createObjectURL(content);
	link.download = encoded ? decodeURIComponent(encoded) : plain;
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 60000);
};

scb.pdf.show_refusal = (answer, title) => {
	const messages = JSON.parse(answer._server_messages || "[]").map((message) => JSON.parse(message).message);
	frappe.msgprint({
		title,
		message: messages.join("<br>") || __("The PDF could not be made: see the Error Log."),
		indicator: "red",
	});
};
