# What the scripts of the conformance suite use. $RT is the runtime with a root of its own, $NAME a container id that is
# free, $LAB a folder with the root file system `rootfs`. A bundle is the folder `b`.
cd "$LAB" || exit 99
end() {
  status=$?
  if [ -e made ]; then
    rm made
    $RT delete --force "$NAME" >/dev/null 2>&1
  fi
  exit $status
}
trap end EXIT

# bundle [JQ-FILTER [JQ-OPTION]...]: makes a bundle of base.json and a change to it.
bundle() {
  rm -rf b
  mkdir b
  change=${1:-.}
  [ $# -eq 0 ] || shift
  jq --arg root "$LAB/rootfs" --arg lab "$LAB" --arg name "$NAME" "$@" ".root.path = \$root | $change" base.json >b/config.json || exit 98
}

# inside SCRIPT [JQ-FILTER]: runs a script of sh in a container.
inside() {
  SCRIPT=$1
  export SCRIPT
  bundle ".process.args = [\"sh\", \"-c\", env.SCRIPT] | ${2:-.}"
  run
}

# run [OPTION]...: runs the bundle to its end.
run() {
  touch made
  # runc may leave a container whose run has failed.
  $RT run --bundle b "$@" "$NAME" </dev/null && rm -f made
}

# create [OPTION]...: makes a container of the bundle, whose process is $pid.
create() {
  touch made
  rm -f pid
  $RT create --bundle b --pid-file pid "$@" "$NAME" </dev/null
  status=$?
  [ -e pid ] && pid=$(cat pid)
  return $status
}

# sleeping [JQ-FILTER]: makes and starts a container that only ends when it is killed.
sleeping() {
  bundle ".process.args = [\"sleep\", \"1000\"] | ${1:-.}"
  create && $RT start "$NAME"
}

# state JQ-FILTER: asks the runtime for the container's state.
state() {
  $RT state "$NAME" 2>/dev/null | jq -r "$1"
}

# ended PID: waits until a process has ended.
ended() {
  while [ -e "/proc/$1" ]; do
    case $(cat "/proc/$1/stat" 2>/dev/null) in
      *') Z '*) break ;;
    esac
  done
}

# says WORDS COMMAND...: runs a command quietly and prints the words, and whether it succeeded.
says() {
  words=$1
  shift
  if "$@" >/dev/null 2>&1; then
    echo "$words: done"
  else
    echo "$words: error"
  fi
}

# left: prints what there is of the container and of those that were refused, in the runtime and on the host.
left() {
  for id in "$NAME" "$NAME-refused"; do
    if $RT state "$id" >/dev/null 2>&1; then
      echo "a container is left"
    fi
    find /sys/fs/cgroup -name "$id" 2>/dev/null
  done
  grep -s "$LAB/rootfs " /proc/self/mountinfo
}

# refuses WORDS JQ-FILTER: prints whether the runtime refuses a bundle.
refuses() {
  bundle "$2"
  if $RT create --bundle b "$NAME-refused" </dev/null >/dev/null 2>error; then
    $RT delete --force "$NAME-refused" >/dev/null 2>&1
    echo "$1: accepted"
  elif [ -s error ]; then
    echo "$1: refused"
  else
    echo "$1: refused without a word"
  fi
}

# cgroup V1-CONTROLLER V1-FILE V2-FILE: prints a file of the running container's cgroup.
cgroup() {
  path=$(sed -n "s/^[0-9]*:\(.*,\)*$1\(,.*\)*:/\/sys\/fs\/cgroup\/$1/p" "/proc/$pid/cgroup")
  if [ -n "$path" ]; then
    cat "$path/$2"
  else
    cat "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")/$3"
  fi
}

# terminal SCRIPT [JQ-FILTER]: runs a script of sh in a container with a terminal, and prints what is written there.
terminal() {
  SCRIPT=$1
  export SCRIPT
  bundle ".process.terminal = true | .process.args = [\"sh\", \"-c\", env.SCRIPT] | ${2:-.}"
  rm -f console
  python3 console.py console >said &
  console=$!
  until [ -e console ]; do :; done
  if create --console-socket "$LAB/console"; then
    $RT start "$NAME" && ended "$pid"
  else
    kill $console
  fi
  wait $console
  cat said
}
