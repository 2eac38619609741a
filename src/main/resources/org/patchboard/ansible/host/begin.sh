# Takes an order up on a host. Arguments: change, key, fence. Says "begin", or "done" when it was carried out before.
set -eu
umask 077
orders=/var/lib/patchboard/orders
mkdir -p "$orders"
exec 9>"$orders/lock"
flock -w 30 9 || { echo "the host is being spoken to by someone else" >&2; exit 75; }
seen=$(cat "$orders/$1.fence" 2>/dev/null || echo 0)
if [ "$3" -lt "$seen" ]; then
  echo "fence $3 is stale: $1 has been here with fence $seen" >&2
  exit 3
fi
echo "$3" >"$orders/$1.fence.new"
mv "$orders/$1.fence.new" "$orders/$1.fence"
if [ -e "$orders/$2.done" ]; then
  echo done
else
  rm -f "$orders/$2.failed"
  # what an earlier attempt left half configured; where that cannot be mended, another version may
  DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold --configure -a </dev/null >&2 9>&- || true
  echo begin
fi
