"""Imports DATEV files as a person does with the wizard of OCA, and hands the journal out as a table.

Read by `odoo shell`, which brings `env`. POSTONCE_FILES names the files, a line each; POSTONCE_OUT the table.
"""

import base64
import csv
from os import environ, path

journal = env["account.journal"].search([("code", "=", "POST")], limit=1)  # noqa: F821 (the shell brings it)
for name in filter(None, environ["POSTONCE_FILES"].split("\n")):
    with open(name, "rb") as file:
        wizard = env["account.move.import"].create({  # noqa: F821
            "file_to_import": base64.b64encode(file.read()), "filename": path.basename(name), "post_move": True,
            "force_journal_id": journal.id})
    wizard.run_import()
    env.cr.commit()  # noqa: F821
lines = env["account.move.line"].search(  # noqa: F821
    [("parent_state", "=", "posted"), ("journal_id", "=", journal.id)], order="move_id, id")
with open(environ["POSTONCE_OUT"], "w", newline="", encoding="utf-8") as out:
    table = csv.writer(out, delimiter=";")
    table.writerow(["Number", "Date", "Account", "Amount", "Text"])
    for line in lines:
        table.writerow([line.move_id.name, line.date.isoformat(), line.account_id.code, "%.2f" % line.balance, line.name])
print("ready")
