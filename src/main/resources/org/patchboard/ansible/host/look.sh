# Says what is on a host and what became of an order there. Arguments: verb, key, note (JSON), name=version ...
# Verbs: "look" only says; "done" and "failed" also remember, "done" only when each package is there as ordered.
# Answers "order done", "order failed" or "order unknown", a line for each package, and "reboot-required".
set -eu
umask 077
verb=$1 order=/var/lib/patchboard/orders/$2 note=$3
shift 3
whole=yes
tab=$(printf '\t')
for step; do
  name=${step%%=*} version=${step#*=}
  seen=$(dpkg-query -W -f='${Version}\t${db:Status-Abbrev}\n' -- "$name" 2>/dev/null | grep -v "${tab}un \|${tab}rc " | sort -u) || true
  printf 'package\t%s\t%s\n' "$name" "$(printf %s "$seen" | tr '\n' ' ')"
  [ "$seen" = "$version${tab}ii " ] || whole=no
done
if [ -e /var/run/reboot-required ]; then
  echo reboot-required
fi
[ "$verb" != done ] || [ "$whole" = yes ] || verb=failed
if [ "$verb" != look ]; then
  printf '%s\n' "$note" >"$order.new"
  mv "$order.new" "$order.$verb"
fi
for state in done failed; do
  [ ! -e "$order.$state" ] || { echo "order $state"; exit 0; }
done
echo 'order unknown'
