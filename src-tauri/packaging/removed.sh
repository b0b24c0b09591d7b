#!/bin/sh
# After the files are gone. Workspaces and ledgers belong to their users: a ledger that is gone forgets what was exported.
set -e
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
fi
case "$1" in
    remove | 0)
        echo "Postonce is removed. Workspaces and their ledgers stay where they are: /var/lib/postonce,"
        echo "~/.local/share/postonce of each user, and wherever else a workspace was made. Keep them: a ledger"
        echo "knows what was exported, and who made it so."
        ;;
esac
exit 0
