#!/bin/sh
# Installs what the tests need of the machine beside Python's packages: a Chromium for the pages. For Debian and its
# kin, as root or by sudo; elsewhere install it yourself, or name one with CHROMIUM=/path/to/chromium.
set -eu

browser() {
    [ -x "${CHROMIUM:-}" ] && return 0
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}

browser && exit 0
if [ "$(id -u)" = 0 ]; then as=; else as="sudo -n"; fi
if ! command -v apt-get >/dev/null 2>&1 || ! $as true 2>/dev/null; then
    echo "There is no Chromium, and it cannot be installed from here: install it, or name one with CHROMIUM=/path/to/chromium." >&2
    exit 1
fi
echo "Installing Chromium."
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -qq
$as apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >/dev/null
browser
