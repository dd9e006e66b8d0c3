#!/bin/sh
# Makes the environment in $2 with the Python $1, from the pinned versions of constraints.txt.
# Where something is missing that it may not install, it says the one command that mends it.
set -u
python=$1
environment=$2

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$python" >/dev/null 2>&1; then
  say "Python is missing. This mends it:  sudo apt install python3 python3-venv"
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  say "$("$python" --version) is too old: Liên Thư needs Python 3.11 or newer."
  say "Name a newer one:  make PYTHON=python3.12 ..."
  exit 1
fi
# Debian's Python has the module venv without what it needs to make an environment.
if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  package=python3-venv
  case $("$python" -c 'import sys; print(sys.base_prefix)') in /usr) ;; *) package="python$version-venv" ;; esac
  if [ "$(id -u)" = 0 ]; then sudo=; else sudo="sudo "; fi
  say "Python's venv is missing. This mends it:  ${sudo}apt install $package"
  exit 1
fi
"$python" -m venv "$environment" || exit 1
say "Installing the pinned libraries into $environment (once; a minute or two) ..."
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
  --editable '.[test,check]' || {
  rm -rf "$environment"
  say "The libraries could not be installed: is there a network? Then try again."
  exit 1
}
