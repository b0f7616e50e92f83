# Sourced by `run` and `full`: what a step is, and how a cargo tool is installed.
set -Eeuo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CI="${CI:-true}" CARGO_TERM_COLOR=never LC_ALL=C.UTF-8
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS # one value for every step, or each step would build everything anew

SECONDS=0
steps=0
current='start'

# step NAME: everything up to the next step belongs to it; a failure is reported under its name.
step() {
    current=$1
    steps=$((steps + 1))
    printf '\n== %02d:%02d %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$current"
}

behind=

finish() {
    local status=$?
    if [ -n "$behind" ]; then
        kill -- "-$behind" 2>/dev/null || true
    fi
    if [ "$status" -eq 0 ]; then
        printf '\n== %02d:%02d done\n%s: %d passed, 0 failed\n' $((SECONDS / 60)) $((SECONDS % 60)) steps "$steps"
    else
        printf '\n== %02d:%02d FAILED (exit %d) in step: %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$status" "$current" >&2
    fi
}
trap finish EXIT

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# tool NAME VERSION: the cargo subcommand in exactly this version. Unoptimised builds in about half the time
# and is fast enough for a tree of this size.
tool() {
    if [ "$("$1" --version 2>/dev/null || true)" != "$1 $2" ]; then
        cargo install --quiet --locked --debug --force "$1" --version "$2"
    fi
    "$1" --version
}

# tool_behind NAME VERSION: the same behind the other steps, for the time that they leave a core idle; one at a time.
# tool_ready NAME VERSION: waits for it, and prints what it wrote if it failed.
tool_behind() {
    behind_log=$(mktemp)
    set -m # a group of its own, so that its compilers end with it
    (nice -n 19 bash -c 'set -e; . .ci/steps.sh >/dev/null; trap - EXIT; tool "$@"' _ "$1" "$2") >"$behind_log" 2>&1 &
    behind=$!
    set +m
}

tool_ready() {
    local status=0
    wait "$behind" || status=$?
    behind=
    if [ "$status" -ne 0 ]; then
        cat "$behind_log" >&2
        fail "$1 $2 could not be installed"
    fi
    rm "$behind_log"
    tool "$1" "$2"
}

data=${CUSTOMER_POOL_DATA:-../shared/data}

# The libraries that W2 is measured beside, in the versions of their list, in an environment of their own.
w2_peers() {
    [ -x target/w2/bin/python ] || python3 -m venv target/w2
    target/w2/bin/pip install --quiet --disable-pip-version-check -r benches/peers/w2-requirements.txt
}
