# Takes an order up on a host. Arguments: verb, change, key, fence. Verbs: "take", and "rehearse", which refreshes the list
# of packages and nothing else. Says "begin", or "done" when the order was carried out before.
set -eu
umask 077
verb=$1 change=$2 key=$3 fence=$4
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

refresh() {
  # a mirror that is away matters only when the version ordered is not to be had, and is told then; the list of packages is
  # readable for everybody
  (umask 022; timeout 180 apt-get -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=30 update) </dev/null >&2 || true
}

if [ "$verb" = rehearse ]; then
  refresh
  echo begin
  exit 0
fi
orders=/var/lib/patchboard/orders
mkdir -p "$orders"
exec 9>"$orders/lock"
flock -w 30 9 || { echo "another order is being taken up on this host" >&2; exit 75; }
seen=$(cat "$orders/$change.fence" 2>/dev/null || echo 0)
if [ "$fence" -lt "$seen" ]; then
  echo "fence $fence is stale: $change has been here with fence $seen" >&2
  exit 3
fi
echo "$fence" >"$orders/$change.fence.new"
mv "$orders/$change.fence.new" "$orders/$change.fence"
if [ -e "$orders/$key.done" ]; then
  echo done
  exit 0
fi
rm -f "$orders/$key.failed"
# programs that packages start must not keep the lock
exec 9>&-
# what an earlier attempt left half configured; where that cannot be mended, another version may
(umask 022; dpkg --force-confdef --force-confold --configure -a) </dev/null >&2 || true
refresh
echo begin
