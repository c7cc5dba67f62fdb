# Sourced by ./sherd: has the JVM keep the classes of a build as they are after a start and some load, so that the next
# start need not load, check and link them anew (JEP 483, JEP 514), and what their methods did, so that its compilers
# need not find that out anew (JEP 515). A start without such a cache is only slower, and for longer.

# sherd_keep_classes CLASS_PATH CACHE FOLDER OPTION...: starts a node, sends it a few seconds of load, and writes what it
# has loaded and noted to CACHE. FOLDER is its own meanwhile, and FOLDER.log tells of it. One at a time: what one that
# was stopped has left goes with the next, and its node ends by itself.
sherd_keep_classes() {
  local class_path=$1 cache=$2 folder=$3 log=$3.log pid
  shift 3
  rm -rf "$folder" "$log"
  mkdir "$folder"
  timeout --foreground 60 "$SHERD_JDK/bin/java" "$@" -XX:AOTMode=record "-XX:AOTConfiguration=$folder/classes" \
    -cp "$class_path" sherd.server.cli.Main \
    serve --data "$folder/data" --set listen.resp=127.0.0.1:0 --set listen.http=127.0.0.1:0 \
    >"$folder/ready" 2>>"$log" </dev/null &
  pid=$!
  if sherd_await_ready "$pid" "$folder/ready"; then
    timeout 60 "$SHERD_JDK/bin/java" -cp "$class_path" sherd.server.cli.Rehearsal \
      "$(sherd_address resp "$folder/ready")" "$(sherd_address http "$folder/ready")" >>"$log" 2>&1 || true
  fi
  kill "$pid" 2>/dev/null || true
  wait "$pid" || true
  timeout --foreground 60 "$SHERD_JDK/bin/java" "$@" -XX:AOTMode=create "-XX:AOTConfiguration=$folder/classes" \
    "-XX:AOTCache=$folder/cache" -cp "$class_path" >>"$log" 2>&1 || true
  if [ -s "$folder/cache" ]; then mv "$folder/cache" "$cache"; fi
  rm -rf "$folder"
}

sherd_await_ready() { # waits at most 20 s for the line that a node $1 prints to $2
  local turn
  for ((turn = 0; turn < 400; turn++)); do
    if grep -q '^sherd ready ' "$2"; then return 0; fi
    kill -0 "$1" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}

sherd_address() { # where a node serves protocol $1, by its line in $2
  sed -n "s/.* $1=\([^ ]*\) .*/\1/p" "$2"
}
