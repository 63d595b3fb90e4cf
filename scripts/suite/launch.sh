# Sourced by every verb: makes sure that everything is installed, then becomes the Python module of that name.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# Compiling at every start costs more than anything a start does.
unset PYTHONDONTWRITEBYTECODE

setup() {
  local python=venv/bin/python
  [[ -x $python ]] || python=$(able_python)
  "$python" -m scripts.suite.setup "$@"
}

able_python() {
  command -v python3 >/dev/null || refuse "Python 3.11 or newer is needed as python3; there is none."
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    refuse "Python 3.11 or newer is needed as python3; this one is $(python3 -V 2>&1)."
  python3 -c 'import ensurepip, venv' 2>/dev/null ||
    refuse "Python's venv module is missing; install it (on Debian and Ubuntu: apt install python3-venv)."
  echo python3
}

refuse() {
  echo "hyphae: $1" >&2
  exit 1
}

launch() {
  setup --unless-done
  exec venv/bin/python -m "scripts.suite.$1" "${@:2}"
}
