#!/usr/bin/env bash
# Moves a SQLite database of dursor, of this one or the former, into PostgreSQL, and checks it there.

set -euo pipefail

usage() {
    cat <<'END'
usage: migrate-db.sh FILE [--dry-run | --verify] [--yes] [--report REPORT]
                     [--url-file URLFILE] [--old-key-file KEYFILE] [--dursor PROGRAM]

Makes the schema when the PostgreSQL database is empty, says what would be moved, asks, moves it, and checks
every table by number and checksum. FILE is only read. What was interrupted goes on when it is started
again.

  --dry-run               only say what would be done; write nothing
  --verify                only compare whole tables with FILE; write nothing
  --yes                   do not ask before writing
  --report REPORT         write the report there as JSON
  --url-file URLFILE      holds the database's URL; without it DURSOR_DATABASE_URL is taken
  --old-key-file KEYFILE  holds the DURSOR_ENCRYPTION_KEY of the former installation
  --dursor PROGRAM        the program to use; without it the one on PATH

Secrets come from files or the environment, never from arguments: DURSOR_DATABASE_URL (or URLFILE),
PGPASSWORD or ~/.pgpass for a URL without password, DURSOR_ENCRYPTION_KEY for stored keys, and
DURSOR_DATABASE_DIRECT_URL for the schema when the first goes through a pooler.

Ends with 0; 1 when something failed or does not agree; 2 when an argument or FILE is wrong.
END
}

say() {
    printf '== %s\n' "$*" >&2
}

stop() { # status, sentence
    printf 'migrate-db: %s\n' "$2" >&2
    exit "$1"
}

mode=import yes=false file='' report='' url_file='' program=dursor
key_arguments=()

needs_value() { # option, its value or nothing
    [ -n "${2-}" ] || stop 2 "$1 needs a value: see --help"
}

option_take() { # option, its value
    case $1 in
    --report) report=$2 ;;
    --url-file) url_file=$2 ;;
    --old-key-file) key_arguments=("$1" "$2") ;;
    --dursor) program=$2 ;;
    esac
}

options_read() {
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) usage && exit 0 ;;
        --dry-run | --verify)
            [ "$mode" = import ] || stop 2 'take --dry-run or --verify, once'
            mode=${1#--}
            ;;
        --yes) yes=true ;;
        --report | --url-file | --old-key-file | --dursor)
            needs_value "$@"
            option_take "$1" "$2"
            shift
            ;;
        -*) stop 2 "$1 is not known: see --help" ;;
        *)
            [ -z "$file" ] || stop 2 "one FILE is moved at a time, not $1 as well"
            file=$1
            ;;
        esac
        shift
    done
    [ -n "$file" ] || stop 2 'name the FILE to move: see --help'
}

url_take() {
    if [ -n "$url_file" ]; then
        [ -r "$url_file" ] || stop 2 "$url_file cannot be read"
        DURSOR_DATABASE_URL=$(tr -d '\r\n' <"$url_file")
        export DURSOR_DATABASE_URL
    fi
    case ${DURSOR_DATABASE_URL-} in
    postgres://* | postgresql://*) ;;
    '') stop 2 'set DURSOR_DATABASE_URL to the PostgreSQL database, or name a file that holds it: --url-file' ;;
    *) stop 2 'DURSOR_DATABASE_URL names no PostgreSQL database: it begins with postgresql://' ;;
    esac
}

look_around() {
    command -v "$program" >/dev/null || stop 2 "there is no program $program: name it with --dursor"
    [ -f "$file" ] && [ -r "$file" ] || stop 2 "$file is no file that can be read"
    url_take
    if [ -n "$report" ]; then
        : >>"$report" || stop 2 "$report cannot be written"
    fi
}

# An empty database gets its schema; one that others may use is left to whoever runs them.
schema_ready() {
    local said version newest

    said=$("$program" migrate --status) || stop 1 'the database cannot be reached, or is not for dursor: see above'
    read -r _ version _ newest <<<"${said//,/}"
    [ "$version" != "$newest" ] || return 0
    [ "$version" = 0 ] ||
        stop 1 "the schema is at version $version of $newest: run \`$program migrate\` when no older dursor uses it"
    [ "$mode" = import ] || stop 1 'the database is empty and has no schema: run this without --dry-run and --verify, or `dursor migrate`'
    say 'making the schema'
    "$program" migrate
}

# An import in that mode. Its JSON is kept when a report is wanted, whatever came of it.
import_as() { # arguments of dursor import
    local status=0

    if [ -n "$report" ]; then
        "$program" import "$file" "${key_arguments[@]}" "$@" --json >"$report" || status=$?
        say "the report is in $report"
    else
        "$program" import "$file" "${key_arguments[@]}" "$@" || status=$?
    fi
    return "$status"
}

confirm() {
    local answer

    "$yes" && return
    [ -t 0 ] || stop 2 'nobody is there to ask: say --yes, or --dry-run'
    read -r -p 'Write this into PostgreSQL? Nothing else may write to it meanwhile. [y/N] ' answer
    case $answer in
    y | Y | yes) ;;
    *) stop 1 'nothing was written' ;;
    esac
}

main() {
    options_read "$@"
    look_around
    schema_ready
    case $mode in
    verify) import_as --verify ;;
    dry-run) import_as --dry-run ;;
    *)
        if ! "$yes"; then
            say 'what would be moved'
            "$program" import "$file" "${key_arguments[@]}" --dry-run || stop $? 'nothing was written'
            confirm
        fi
        say 'moving'
        import_as || stop $? 'it did not end well: mend what is said above, and start it again; it goes on where it stood'
        say 'moved and checked'
        ;;
    esac
}

main "$@"
