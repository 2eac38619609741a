# Whether a host shall restart now. Arguments: key, policy (IF_REQUIRED or ALWAYS). Says "restart" at most until the host
# has restarted once for this order.
set -eu
umask 077
if [ "$2" = IF_REQUIRED ] && [ ! -e /var/run/reboot-required ]; then
  exit 0
fi
before=/var/lib/patchboard/orders/$1.boot
boot="$(cat /proc/sys/kernel/random/boot_id) $(cut -d' ' -f22 /proc/1/stat)"
[ -e "$before" ] || echo "$boot" >"$before"
[ "$(cat "$before")" != "$boot" ] || echo restart
