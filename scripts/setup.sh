# shellcheck shell=sh
# What demo.sh, test.sh and the scripts beside this one share: finding Go,
# installing what is missing, saying what is done. It is sourced, from the top
# of the project. Nothing is installed that is there already.

# packages is the one place that names Debian packages.
packages() {
	case $1 in
	# The GPU engine and the window: a C compiler, the headers of OpenGL and X11.
	gpu) echo gcc libc6-dev pkg-config libgl-dev libx11-dev libxcursor-dev \
		libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev ;;
	# What their tests run on where there is no GPU and no screen.
	opengl) echo libegl1 libgl1-mesa-dri xvfb xdotool ;;
	# What converts colors by the tables of color profiles, opened at run time.
	lcms) echo liblcms2-2 ;;
	# What reports for the browser are tested in.
	browser) echo chromium ;;
	# What else than the browser reads the PNGs that are written.
	readers) echo pngcheck python3-pil ;;
	# What the jobs of docs/cluster.md are tested by.
	slurm) echo slurmctld slurmd slurm-client munge ;;
	# What make bench-report compares with.
	peers) echo pngquant imagemagick libvips-tools pigz python3-sklearn python3-pil ;;
	https) echo ca-certificates ;; # module downloads
	esac
}

say() { printf '==> %s\n' "$*"; }
warn() { printf '==> %s\n' "$*" >&2; }
die() {
	warn "$@"
	exit 1
}

# as_root runs a command as root. It fails, and does nothing, for a user who
# may not become root, or who would have to type a password where nobody can.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif ! command -v sudo >/dev/null; then
		return 1
	elif [ -t 0 ] || sudo -n true 2>/dev/null; then
		sudo "$@"
	else
		return 1
	fi
}

# quietly runs a command and shows what it printed only if it fails.
quietly() {
	if quiet_out=$("$@" 2>&1); then return 0; fi
	printf '%s\n' "$quiet_out" >&2
	return 1
}

# install gets the packages that serve a purpose; it fails if they cannot be
# had, and the caller says what is left out.
install() {
	command -v apt-get >/dev/null && as_root true || return 1
	# shellcheck disable=SC2046 # one word a package
	set -- $(packages "$1")
	say "installing $*"
	quietly as_root apt-get -qq -o DPkg::Lock::Timeout=300 update || return 1
	quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
		-o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
}

go_help="Get Go from https://go.dev/dl/ and unpack it into /usr/local: https://go.dev/doc/install"

# need_go makes sure that a Go is in the PATH that can build this project.
need_go() {
	PATH=$PATH:/usr/local/go/bin # where Go's own instructions put it
	command -v go >/dev/null || die "Go is missing. $go_help"
	# Asked from outside the project, lest Go fetches a newer one to answer.
	go_has=$(cd / && GOTOOLCHAIN=local go version | sed 's/^go version go//; s/ .*//')
	go_wants=$(sed -n 's/^go //p' go.mod)
	go_minor=$(echo "$go_has" | sed -n 's/^1\.\([0-9]*\).*/\1/p')
	if [ "${go_minor:-99}" -lt 21 ]; then # the first that fetches newer ones
		die "Go $go_has is too old. $go_help"
	fi
	newest=$(printf '%s\n' "$go_has" "$go_wants" | sort -V | tail -n 1)
	if [ -n "$go_minor" ] && [ "$newest" != "$go_has" ]; then
		say "Go $go_has is older than $go_wants: Go fetches that one"
		export GOTOOLCHAIN=auto
		has_certificates || install https || true
		quietly go version || die "Go $go_wants could not be fetched. $go_help"
	fi
	# Go stamps programs with the commit and stops where git gives it none.
	if ! git rev-parse HEAD >/dev/null 2>&1; then
		export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
	fi
}

has_certificates() {
	[ -n "${SSL_CERT_FILE:-}" ] || ! command -v apt-get >/dev/null ||
		[ -s /etc/ssl/certs/ca-certificates.crt ]
}

# need_modules downloads the modules that a go.mod names.
need_modules() {
	go mod download "-modfile=$1" 2>/dev/null && return 0
	has_certificates || install https ||
		warn "Without $(packages https), which cannot be installed here, downloads fail."
	quietly go mod download "-modfile=$1" ||
		die "Go modules could not be downloaded from $(go env GOPROXY): look at the lines above, the network and its proxy."
}

# need_gpu makes sure that the GPU engine can be built, or leaves it out.
need_gpu() {
	[ "$(go env GOOS)" = linux ] || return 0 # it is for Linux alone
	if [ "${CGO_ENABLED:-}" = 0 ]; then
		say "CGO_ENABLED=0: without the GPU engine"
		return 0
	fi
	can_build_gpu || { install gpu && can_build_gpu; } && return 0
	export CGO_ENABLED=0
	warn "LEFT OUT: the GPU engine. It needs $(packages gpu), which cannot be installed here. The program works on the CPU."
}

can_build_gpu() {
	[ "$(go env CGO_ENABLED)" = 1 ] && can_compile &&
		pkg-config --exists gl x11 xcursor xrandr xinerama xi xxf86vm 2>/dev/null
}

# can_compile says whether the C compiler that Go uses finds its headers and
# libraries.
can_compile() {
	compile_tmp=$(mktemp) || return 1
	compile_ok=1
	# shellcheck disable=SC2046 # the compiler's name may carry flags
	if echo '#include <stdlib.h>
		int main(void) { return 0; }' | $(go env CC) -x c -o "$compile_tmp" - 2>/dev/null; then
		compile_ok=0
	fi
	rm -f "$compile_tmp"
	return "$compile_ok"
}

# need_opengl makes sure that the tests of the GPU engine have something to run on.
need_opengl() {
	[ "$(go env CGO_ENABLED)" = 1 ] || return 0
	has_opengl || { install opengl && has_opengl; } && return 0
	warn "LEFT OUT: tests of the GPU engine and the window. They need $(packages opengl), which cannot be installed here."
}

has_opengl() {
	[ "$(go env GOOS)" = linux ] || return 0
	command -v Xvfb >/dev/null && command -v xdotool >/dev/null || return 1
	go run ./cmd/kompress devices --json 2>/dev/null | grep -qv '"problem":'
}

# need_peers gets the programs that kompress is compared with, as far as they can be
# had: the report is without the others.
need_peers() {
	has_peers || install peers || warn "LEFT OUT: some of $(packages peers), which cannot be installed here."
}

has_peers() {
	command -v pngquant >/dev/null && command -v convert >/dev/null && command -v vips >/dev/null && command -v pigz >/dev/null &&
		{ python3 -c 'import sklearn' || /usr/bin/python3 -c 'import sklearn'; } 2>/dev/null
}

# need_browser makes sure that the tests of reports for the browser have one.
need_browser() {
	has_browser || { install browser && has_browser; } && return 0
	warn "LEFT OUT: tests in a browser. They need $(packages browser), which cannot be installed here."
}

has_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null

# need_readers makes sure that PNGs are read by other programs. Users need not have them,
# so only CI installs them.
need_readers() {
	has_readers || { [ "${CI:-}" = true ] && install readers && has_readers; } && return 0
	warn "LEFT OUT: tests of other programs reading PNGs. They need $(packages readers)."
}

has_readers() {
	command -v pngcheck >/dev/null &&
		{ python3 -c 'import PIL' || /usr/bin/python3 -c 'import PIL'; } 2>/dev/null
}

# need_slurm makes sure that the jobs of docs/cluster.md can be tested. Its packages have
# daemons that systems start, so only CI installs them.
need_slurm() {
	has_slurm || { [ "${CI:-}" = true ] && install slurm && has_slurm; } && return 0
	warn "LEFT OUT: tests of jobs for Slurm. They need $(packages slurm)."
}

has_slurm() (
	PATH=$PATH:/usr/sbin # where daemons are
	command -v slurmctld && command -v slurmd && command -v munged && command -v sbatch
) >/dev/null

# need_lcms makes sure that tests can compare with LittleCMS.
need_lcms() {
	has_lcms || { install lcms && has_lcms; } && return 0
	warn "LEFT OUT: tests of color profiles that need $(packages lcms), which cannot be installed here."
}

has_lcms() { KOMPRESS_REQUIRE_LCMS=1 go test -count=1 -run '^TestLCMSOpens$' ./imagefile/icc >/dev/null 2>&1; }

# can_race says whether go test -race works here: it is for some platforms, and
# needs cgo.
can_race() { go list -race errors >/dev/null 2>&1 && can_compile; }
