#!/bin/sh
# Installs what the tests need from the system, where it may (root with apt). Else the tests say what was left out.
set -u
missing=
for part in zebrasrv:idzebra-2.0 yaz-ztest:yaz chromium:chromium mvn:maven java:default-jdk-headless; do
  command -v "${part%%:*}" >/dev/null 2>&1 || missing="$missing ${part#*:}"
done
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing for the tests:$missing" >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
    >/dev/null 2>&1 || echo "apt could not install:$missing" >&2
fi
exit 0
