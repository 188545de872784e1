#!/usr/bin/env bash
# The promise of the README on a machine that has nothing: a bare Debian in a folder, made by debootstrap.
#   tests/bare/run.sh quickstart [bookworm|trixie]   samples/quickstart.sh twice: the second call takes seconds
#   tests/bare/run.sh tests [bookworm|trixie]        tests/run.sh, both builds and every suite
# Outside ctest: it takes long and needs root, debootstrap and a package mirror (SYNCLINE_MIRROR, default: this machine's own).
# The folder (SYNCLINE_BARE, default a new one in /var/tmp) is removed afterwards unless SYNCLINE_KEEP is set.
set -euo pipefail
what=${1:?quickstart or tests}
suite=${2:-bookworm}
root=$(cd "$(dirname "$0")/../.." && pwd)
bare=${SYNCLINE_BARE:-$(mktemp -d /var/tmp/syncline-bare-XXXXXX)}
mirror=${SYNCLINE_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m 1 '/debian/\?$')}
[ "$(id -u)" = 0 ] || { echo "bare/run.sh: debootstrap and chroot need root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "bare/run.sh: install debootstrap first" >&2; exit 2; }

leave() {
  for mounted in "$bare/proc" "$bare/dev"; do
    if mountpoint -q "$mounted"; then umount -R "$mounted"; fi
  done
  [ -n "${SYNCLINE_KEEP:-}" ] || rm -rf --one-file-system "$bare"
}
trap leave EXIT

[ -x "$bare/usr/bin/apt-get" ] || debootstrap --variant=minbase "$suite" "$bare" "$mirror" >"$bare.log" 2>&1 || { tail -n 20 "$bare.log"; exit 1; }
cp /etc/resolv.conf /etc/hosts "$bare/etc/"
for settings in /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf /etc/ssl/certs/ca-certificates.crt; do
  [ ! -f "$settings" ] || install -D "$settings" "$bare$settings"
done
mount -t proc proc "$bare/proc"
mount --rbind /dev "$bare/dev"
mount --make-rslave "$bare/dev"
mkdir -p "$bare/dev/shm"
rm -rf "$bare/syncline"
git clone -q "$root" "$bare/syncline"

inside() { chroot "$bare" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} bash -c "$1"; }
clock() { local start=$SECONDS; "${@:2}"; printf '%s: %d s\n' "$1" $((SECONDS - start)); }

case $what in
  quickstart)
    clock "first quickstart" inside 'cd /syncline && samples/quickstart.sh'
    clock "second quickstart" inside 'cd /syncline && samples/quickstart.sh'
    ;;
  tests) clock "tests/run.sh" inside 'cd /syncline && tests/run.sh' ;;
  *) echo "usage: bare/run.sh quickstart|tests [bookworm|trixie]" >&2; exit 2 ;;
esac
