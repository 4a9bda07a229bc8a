#!/bin/sh
# Fetches the seals of the audit. It runs on another machine, to which whoever runs the database may
# not write, by cron; there:
#   MAILTO=somebody@example.org
#   7,22,37,52 * * * * seals /usr/local/bin/fetch-seals.sh mrtrack@mrtrack.example /var/lib/mrtrack-seals
# The key of that machine may do nothing else on the server (~mrtrack/.ssh/authorized_keys):
#   restrict,command="cat /srv/mrtrack/var/seals/audit-seals.txt" ssh-ed25519 AAAA... seals
#
# Seals are only ever added: what is fetched must begin with what was fetched before. If it does not,
# the former file stays as it is, the new one is kept beside it, and the exit code is 1.
set -eu
umask 027

from=$1
kept=$2/audit-seals.txt
new=$2/audit-seals.new

fail() {
    echo "$1" >&2
    exit 1
}

ssh -o BatchMode=yes "$from" >"$new" || fail "The seals of $from could not be fetched."
[ -s "$new" ] || fail "$from sent no seals."
if [ -e "$kept" ]; then
    head -c "$(wc -c <"$kept")" "$new" | cmp -s - "$kept" ||
        fail "The seals of $from are not those of before. $kept stays; compare it with $new."
fi
mv "$new" "$kept"
