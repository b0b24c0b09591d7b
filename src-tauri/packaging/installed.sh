#!/bin/sh
# After the files are there: the user of the services, and systemd's knowledge of the units. Nothing is started.
set -e
if command -v systemd-sysusers >/dev/null 2>&1; then
    systemd-sysusers postonce.conf || true
fi
if command -v systemd-tmpfiles >/dev/null 2>&1; then
    systemd-tmpfiles --create postonce.conf || true
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
fi
exit 0
