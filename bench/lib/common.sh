# Shared by the benchmarks: packages, the build, starting servers and ending them. Sourced, not run.
# shellcheck shell=bash

BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
ROOT=$(dirname "$BENCH")
# shellcheck source=../../scripts/setup.sh
source "$ROOT/scripts/setup.sh"
OUT=$BENCH/target
mkdir -p "$OUT"
started=()

# Ends what this benchmark started, and only that.
end_all() {
    local pid
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
    started=()
}
trap end_all EXIT

# Compiles the media-service and its tests, where the servers of the benchmarks are, and notes their class path.
build_java() {
    step "building (media-service and its benchmark classes)"
    (cd "$ROOT" && mvn -q -B --no-transfer-progress -pl media-service -am test-compile dependency:build-classpath \
        -Dmdep.outputFile="$OUT/classpath.txt" -Dmdep.includeScope=test >"$OUT/build.log" 2>&1) ||
        { tail -n 30 "$OUT/build.log" >&2; fail "The build failed; the whole of its words is in $OUT/build.log."; }
    class_path
}

# What build_java has built.
class_path() {
    [ -f "$OUT/classpath.txt" ] || fail "Nothing was built yet: leave --no-build out once."
    local api=$ROOT/api/target
    CLASSPATH_BENCH=$ROOT/media-service/target/classes:$ROOT/media-service/target/test-classes:$api/classes:$api/test-classes:$(cat "$OUT/classpath.txt")
}

# java_bench CLASS ARGUMENT...: runs a class of the benchmarks with the product's own flags, and JAVA_BENCH_OPTIONS.
java_bench() {
    local class=$1
    shift
    exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC -Xmx256m \
        -Djava.util.logging.manager=org.jboss.logmanager.LogManager ${JAVA_BENCH_OPTIONS:-} \
        -cp "$CLASSPATH_BENCH" "$class" "$@"
}

# need_number WHAT VALUE: VALUE has to be a whole number above zero.
need_number() {
    [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || fail "$1 is \"$2\"; expected a whole number above 0."
}

# free_port: a TCP port nobody listens on.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
    local seconds=$1 what=$2 i
    shift 2
    for ((i = 0; i < seconds * 10; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    fail "$what was not ready within $seconds s."
}

# json FILE KEY: a number of the last line of a file.
json() {
    tail -n 1 "$1" | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$2"
}
