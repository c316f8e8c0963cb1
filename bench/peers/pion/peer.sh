# The peer "pion": bench/peers/pion/main.go on Debian's Pion packages. Sourced by bench/fanout.
# shellcheck shell=bash
peer_start() {
    step "building the peer"
    local path
    path=$(mktemp -d)
    mkdir -p "$path/src/peer"
    cp "$BENCH/peers/pion/main.go" "$BENCH/peers/pion/go.mod" "$path/src/peer/"
    (cd "$path/src/peer" && GO111MODULE=off GOFLAGS='' GOPATH="$path:/usr/share/gocode" go build -o "$OUT/pion-server" .)
    rm -rf "$path"
    "$OUT/pion-server" "$2" "$1" >"$OUT/pion.log" 2>&1 &
    PEER_PID=$!
    started+=("$PEER_PID")
    PEER_URL=http://127.0.0.1:$1/whep
    PEER_OPTIONS=
    wait_for 10 "The Pion server" grep -q ready "$OUT/pion.log"
}
