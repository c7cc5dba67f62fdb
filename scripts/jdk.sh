# Sourced by ./sherd and ./verify: finds a JDK of at least version 25 and puts its folder into SHERD_JDK.
# Looks at SHERD_JAVA_HOME, JAVA_HOME, the installed JDKs, and last at `java` on the PATH. Changes nothing.

sherd_jdk_version() { # prints the feature version of the JDK in folder $1, or 0
  local line version
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || { echo 0; return; }
  if [ -r "$1/release" ]; then
    while IFS= read -r line; do
      case $line in JAVA_VERSION=*) version=${line#JAVA_VERSION=} ;; esac
    done <"$1/release"
  fi
  if [ -z "${version:-}" ]; then
    version=$("$1/bin/java" -version 2>&1 | head -n 1 | cut -d '"' -f 2)
  fi
  version=${version//\"/}
  version=${version%%[.+-]*}
  case $version in '' | *[!0-9]*) echo 0 ;; *) echo "$version" ;; esac
}

sherd_find_jdk() {
  local folder
  for folder in "${SHERD_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* "$HOME"/.sdkman/candidates/java/*; do
    if [ -n "$folder" ] && [ "$(sherd_jdk_version "$folder")" -ge 25 ]; then
      SHERD_JDK=$folder
      return
    fi
  done
  folder=$(command -v java || true)
  if [ -n "$folder" ]; then
    folder=$(dirname "$(dirname "$(readlink -f "$folder")")")
    if [ "$(sherd_jdk_version "$folder")" -ge 25 ]; then
      SHERD_JDK=$folder
      return
    fi
  fi
  echo "sherd: no JDK 25 found in SHERD_JAVA_HOME, JAVA_HOME, /usr/lib/jvm, ~/.sdkman or on the PATH;" \
    "install one (Temurin 25 works) and set SHERD_JAVA_HOME to its folder" >&2
  return 1
}
