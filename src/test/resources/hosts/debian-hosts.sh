#!/bin/bash
# Small real Debian hosts for tests: the running system seen through an overlay, with a process tree, a network and an
# sshd of their own. Nothing is written to the machine itself but DIR (a tmpfs). Root only.
#
#   debian-hosts.sh run DIR TAG NETWORK NAME...   starts the hosts at NETWORK.11, NETWORK.12, ... , prints "ready", and
#                                                 takes everything away again when its standard input ends
#   debian-hosts.sh sweep DIR TAG                 takes away what a killed run left behind
set -u
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
VERB=$1 DIR=$2 TAG=$3
BRIDGE=pb$TAG

say() { printf '%s\n' "$*"; }
fail() { say "failed: $*"; exit 1; }

# --- the packages: what an update can do to a host ---------------------------------------------------------------
# deb NAME VERSION [POSTINST]
deb() {
  local root=$DIR/build/$1_$2
  mkdir -p "$root/DEBIAN" "$root/usr/share/$1" "$root/etc"
  say "$2" >"$root/usr/share/$1/version"
  say "version = $2" >"$root/etc/$1.conf"
  say "/etc/$1.conf" >"$root/DEBIAN/conffiles"
  cat >"$root/DEBIAN/control" <<CONTROL
Package: $1
Version: $2
Architecture: all
Maintainer: Patchboard tests <tests@patchboard.invalid>
Description: exists to be installed by tests
CONTROL
  if [ -n "${3:-}" ]; then
    printf '#!/bin/sh\n%s\n' "$3" >"$root/DEBIAN/postinst"
    chmod 755 "$root/DEBIAN/postinst"
  fi
  dpkg-deb -Zgzip --root-owner-group --build "$root" "$DIR/repo" >/dev/null
}

packages() {
  mkdir -p "$DIR/build" "$DIR/repo"
  local breakable='[ ! -e /var/lib/pdemo.break ] || { echo "pdemo: cannot migrate its data" >&2; exit 1; }'
  deb pdemo 1.0
  deb pdemo 1.1 "$breakable"
  deb pdemo 1.2 'echo "pdemo: its service does not start" >&2; exit 1'
  deb pslow 1.0
  deb pslow 1.1 'sleep 45'
  deb preboot 1.0
  deb preboot 1.1 'touch /run/reboot-required'
  (cd "$DIR/repo" && dpkg-scanpackages -m . >Packages 2>/dev/null)
}

# --- what all hosts have in common: one layer between the machine and each host ------------------------------------
template() {
  local common=$DIR/template root=$DIR/root-of-template
  mkdir -p "$common/upper" "$common/work" "$root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$common/upper,workdir=$common/work" "$root" || return 1
  rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d" "$root"/etc/apt/apt.conf.d/*proxy* \
    "$root/var/lib/apt/lists" "$root/var/lib/patchboard" "$root/run/reboot-required"
  mkdir -p "$root/srv" "$root/etc/apt/sources.list.d" "$root/var/lib/apt/lists/partial"
  cp -r "$DIR/repo" "$root/srv/repo"
  say 'deb [trusted=yes] file:/srv/repo ./' >"$root/etc/apt/sources.list"
  # no service of this machine is started or stopped by a package
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  # asking the first process to end is what a restart means here; the supervisor starts it again
  rm -f "$root/sbin/shutdown"
  printf '#!/bin/sh\nkill -TERM 1\n' >"$root/sbin/shutdown"
  chmod 755 "$root/usr/sbin/policy-rc.d" "$root/sbin/shutdown"
  rm -f "$root/etc/machine-id"
  mkdir -p "$root/etc/patchboard-host"
  cp "$DIR/key.pub" "$root/etc/patchboard-host/authorized_keys"
  cat >"$root/etc/patchboard-host/sshd_config" <<'SSHD'
HostKey /etc/patchboard-host/other_host_key
HostKey /etc/patchboard-host/host_key
AuthorizedKeysFile /etc/patchboard-host/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
MaxStartups 100
MaxSessions 50
PidFile none
Subsystem sftp internal-sftp
SSHD
  cat >"$root/etc/patchboard-host/init" <<'INIT'
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs -o ro sysfs /sys 2>/dev/null
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/sshd /run/lock
hostname "$(cat /etc/hostname)"
# the first process of a process tree obeys only the signals it has a trap for
trap 'exit 0' TERM
/usr/sbin/sshd -D -e -f /etc/patchboard-host/sshd_config &
wait
INIT
  chmod 755 "$root/etc/patchboard-host/init"
  chroot "$root" apt-get -qq update || return 1
  umount "$root"
}

# --- one host -------------------------------------------------------------------------------------------------------
# up NAME NUMBER
up() {
  local name=$1 ip=$NETWORK.$((10 + $2)) host=$DIR/hosts/$1 space=$BRIDGE-$1
  mkdir -p "$host/upper" "$host/work" "$host/root"
  mount -t overlay overlay -o "lowerdir=$DIR/template/upper:/,upperdir=$host/upper,workdir=$host/work" "$host/root" || return 1
  local etc=$host/root/etc
  say "$name" >"$etc/hostname"
  printf '127.0.0.1 localhost\n%s %s\n' "$ip" "$name" >"$etc/hosts"
  od -An -tx1 -N16 /dev/urandom | tr -d ' ' >"$etc/machine-id"
  ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$etc/patchboard-host/host_key" || return 1
  # of this one nobody knows: a client must not insist on it
  ssh-keygen -q -t ecdsa -N '' -C "$name" -f "$etc/patchboard-host/other_host_key" || return 1
  say "$ip $(cut -d' ' -f1,2 "$etc/patchboard-host/host_key.pub")" >"$host/known"
  ip netns add "$space" || return 1
  ip link add "${BRIDGE}V$2" type veth peer name eth0 netns "$space" || return 1
  ip link set "${BRIDGE}V$2" master "$BRIDGE" up
  ip -n "$space" link set lo up
  ip -n "$space" addr add "$ip/24" dev eth0
  ip -n "$space" link set eth0 up
  ip -n "$space" route add default via "$NETWORK.1"
  boots "$name" "$space" </dev/null >"$host/log" 2>&1 &
  local i
  for i in $(seq 200); do
    (exec 3<>"/dev/tcp/$ip/22") 2>/dev/null && return 0
    sleep 0.05
  done
  cat "$host/log"
  return 1
}

# starts the host, again and again, until it shall be gone
boots() {
  local host=$DIR/hosts/$1
  while [ -d "$host" ] && [ ! -e "$host/gone" ]; do
    ip netns exec "$2" unshare --mount --uts --ipc --pid --fork --kill-child \
      /bin/sh -c 'read -r pid rest </proc/self/stat; echo "$pid" >"$1/pid"
        mount --rbind /dev "$1/root/dev"; exec chroot "$1/root" /etc/patchboard-host/init' init "$host"
    sleep 0.1
  done
}

# --- and away ------------------------------------------------------------------------------------------------------
down() {
  local host space pid
  for host in "$DIR"/hosts/*/; do [ -d "$host" ] && : >"$host/gone"; done
  for host in "$DIR"/hosts/*/; do
    space=$BRIDGE-$(basename "$host")
    for pid in $(ip netns pids "$space" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
  done
  # one that was just starting again
  sleep 0.15
  for space in $(ip netns list 2>/dev/null | awk -v p="$BRIDGE-" 'index($1, p) == 1 { print $1 }'); do
    for pid in $(ip netns pids "$space" 2>/dev/null); do kill -KILL "$pid" 2>/dev/null; done
    ip netns del "$space"
  done
  local link
  for link in $(ip -o link show 2>/dev/null | awk -F'[ :@]+' -v p="${BRIDGE}V" 'index($2, p) == 1 { print $2 }') "$BRIDGE"; do
    ip link del "$link" 2>/dev/null
  done
  local mounted
  for mounted in $(awk -v d="$DIR/" 'index($2, d) == 1 { print $2 }' /proc/mounts | sort -r); do
    umount "$mounted" 2>/dev/null || umount -l "$mounted"
  done
  umount "$DIR" 2>/dev/null || umount -l "$DIR" 2>/dev/null
  rm -rf --one-file-system "$DIR"
}

case $VERB in
  sweep) down ;;
  run)
    NETWORK=$4
    shift 4
    trap down EXIT
    trap 'exit 1' TERM INT HUP
    mkdir -p "$DIR"
    mount -t tmpfs -o size=1g,mode=700 tmpfs "$DIR" || fail "no tmpfs at $DIR"
    say $$ >"$DIR/supervisor"
    ssh-keygen -q -t ed25519 -N '' -C patchboard-tests -f "$DIR/key" || fail "no key"
    ssh-keygen -q -t ed25519 -N '' -C stranger -f "$DIR/wrong-key" || fail "no key"
    ip link add "$BRIDGE" type bridge || fail "no bridge $BRIDGE"
    ip addr add "$NETWORK.1/24" dev "$BRIDGE" || fail "no address $NETWORK.1"
    ip link set "$BRIDGE" up
    packages || fail "packages could not be built"
    template >"$DIR/template.log" 2>&1 || fail "no common layer: $(tail -5 "$DIR/template.log")"
    number=0 waiting=()
    for name in "$@"; do
      number=$((number + 1))
      up "$name" "$number" >"$DIR/$name.log" 2>&1 &
      waiting+=("$!:$name")
    done
    for one in "${waiting[@]}"; do
      wait "${one%%:*}" || fail "${one#*:} did not start: $(tail -5 "$DIR/${one#*:}.log")"
    done
    cat "$DIR"/hosts/*/known >"$DIR/known_hosts"
    say ready
    while read -r _; do :; done
    ;;
  *) fail "unknown: $VERB" ;;
esac
