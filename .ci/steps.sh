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

finish() {
    local status=$?
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

data=${CUSTOMER_POOL_DATA:-../shared/data}
