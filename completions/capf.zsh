#compdef capf

autoload -U is-at-least

_capf() {
    typeset -A opt_args
    typeset -a _arguments_options
    local ret=1

    if is-at-least 5.2; then
        _arguments_options=(-s -S -C)
    else
        _arguments_options=(-s -C)
    fi

    local context curcontext="$curcontext" state line
    _arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'-V[Print version]' \
'--version[Print version]' \
":: :_capf_commands" \
"*::: :->capf" \
&& ret=0
    case $state in
    (capf)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-command-$line[1]:"
        case $line[1] in
            (serve)
_arguments "${_arguments_options[@]}" : \
'*--listen=[Listen on this address; may be repeated]:ADDR[/TLS]:_default' \
'*--listen-legacy=[Listen on this address, for phones that know TLS 1.0 alone, too; may be repeated]:ADDR:_default' \
'*--balancer=[Expect at this address a load balancer, which says whose a connection is; may be repeated]:ADDR:_default' \
'--node=[Serve under this name among the machines that work on one PostgreSQL database]:NAME:_default' \
'--max-connections=[Have no more than this many connections at a time]:NUMBER:_default' \
'--metrics=[Let a monitoring system ask at this address]:ADDR:_default' \
'--log=[Log what is at least this important\: error, warn, info, debug]:LEVEL:_default' \
'--log-format=[Write the log in this format]:FORMAT:(text json journal)' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--if-activated[Serve only while the service is activated, and else wait for \`capf service activate\`]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(service)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__service_commands" \
"*::: :->service" \
&& ret=0

    case $state in
    (service)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-service-command-$line[1]:"
        case $line[1] in
            (status)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(activate)
_arguments "${_arguments_options[@]}" : \
'--wait=[Wait so many seconds at the most until the service has done it; 0 does not wait]:SECONDS:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(deactivate)
_arguments "${_arguments_options[@]}" : \
'--wait=[Wait so many seconds at the most until the service has done it; 0 does not wait]:SECONDS:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(restart)
_arguments "${_arguments_options[@]}" : \
'--wait=[Wait so many seconds at the most until the service has done it; 0 does not wait]:SECONDS:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
        esac
    ;;
esac
;;
(demo)
_arguments "${_arguments_options[@]}" : \
'--phones=[How many phones]:N:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(csr)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__csr_commands" \
"*::: :->csr" \
&& ret=0

    case $state in
    (csr)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-csr-command-$line[1]:"
        case $line[1] in
            (count)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'--since=[Take only CSRs whose keys have arrived since then]:TIME:_default' \
'*--where=[Only phones that meet this criterion; given several times, all of them (see \`capf phone find\`)]:CRITERION:_default' \
'--saved=[Only phones that meet the criteria of this saved search, too (see \`capf saved-search\`)]:SEARCH:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--only-new[Take only CSRs that were not dumped before]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(dump)
_arguments "${_arguments_options[@]}" : \
'--encoding=[How the requests in the archive are encoded]:ENCODING:((pem\:"Base64 between two lines"
der\:"Binary"))' \
'--since=[Take only CSRs whose keys have arrived since then]:TIME:_default' \
'*--where=[Only phones that meet this criterion; given several times, all of them (see \`capf phone find\`)]:CRITERION:_default' \
'--saved=[Only phones that meet the criteria of this saved search, too (see \`capf saved-search\`)]:SEARCH:_default' \
'--user=[Log in to the server as this user]:NAME:_default' \
'--password=[Log in with this password]:PASSWORD:_default' \
'--netrc=[Look up users and passwords in this netrc file]:FILE:_files' \
'--ca-file=[Trust the CAs in this file, for FTPS and HTTPS]:FILE:_files' \
'--known-hosts=[Look up the host keys of SFTP servers in this file]:FILE:_files' \
'--host-key=[Believe an SFTP server with this host key]:SHA256:...:_default' \
'*--key=[Log in to SFTP servers with the private key in this file]:FILE:_files' \
'--timeout=[Give up when the server has not answered for so many seconds]:SECONDS:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--only-new[Take only CSRs that were not dumped before]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::target -- The file to write, a URL, or `-` for standard output:_files' \
&& ret=0
;;
(delete)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
        esac
    ;;
esac
;;
(cert)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__cert_commands" \
"*::: :->cert" \
&& ret=0

    case $state in
    (cert)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-cert-command-$line[1]:"
        case $line[1] in
            (import)
_arguments "${_arguments_options[@]}" : \
'--report=[Write what came of each file to this CSV file]:FILE:_files' \
'--user=[Log in to the server as this user]:NAME:_default' \
'--password=[Log in with this password]:PASSWORD:_default' \
'--netrc=[Look up users and passwords in this netrc file]:FILE:_files' \
'--ca-file=[Trust the CAs in this file, for FTPS and HTTPS]:FILE:_files' \
'--known-hosts=[Look up the host keys of SFTP servers in this file]:FILE:_files' \
'--host-key=[Believe an SFTP server with this host key]:SHA256:...:_default' \
'*--key=[Log in to SFTP servers with the private key in this file]:FILE:_files' \
'--timeout=[Give up when the server has not answered for so many seconds]:SECONDS:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--dry-run[Verify the certificates, and import none]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::source -- The archive, a URL, or `-` for standard input:_files' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The file, or `-` for standard input:_files' \
&& ret=0
;;
        esac
    ;;
esac
;;
(stale-lsc)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__stale-lsc_commands" \
"*::: :->stale-lsc" \
&& ret=0

    case $state in
    (stale-lsc)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-stale-lsc-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(view)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(delete)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::all -- As it is written in some of Cisco'\''s documents:(all)' \
&& ret=0
;;
        esac
    ;;
esac
;;
(set)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__set_commands" \
"*::: :->set" \
&& ret=0

    case $state in
    (set)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-set-command-$line[1]:"
        case $line[1] in
            (keep_alive)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::minutes -- The minutes between two keepalives:_default' \
&& ret=0
;;
(keep-alive)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::minutes -- The minutes between two keepalives:_default' \
&& ret=0
;;
        esac
    ;;
esac
;;
(phone)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__phone_commands" \
"*::: :->phone" \
&& ret=0

    case $state in
    (phone)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-phone-command-$line[1]:"
        case $line[1] in
            (add)
_arguments "${_arguments_options[@]}" : \
'--operation=[Schedule this certificate operation]:OPERATION:(none install delete troubleshoot)' \
'--auth-mode=[How the phone has to prove who it is]:MODE:(auth-string null-string lsc mic)' \
'--auth-string=[The string of 4 to 10 digits that the phone'\''s user enters, or \`generate\`]:DIGITS|generate:_default' \
'--key-order=[Which kind of key the phone makes]:ORDER:(rsa-only ec-only ec-preferred)' \
'--rsa-key-size=[The size of an RSA key in bits]:BITS:(512 1024 2048 3072 4096)' \
'--ec-key-size=[The size of an elliptic-curve key in bits]:BITS:(256 384 521)' \
'--completes-by=[The time by which the operation must complete]:TIME:_default' \
'--description=[What to write about the phone]:TEXT:_default' \
'--model=[The device type, as it is to stand in the certificate'\''s subject\: CP-8861]:MODEL:_default' \
'--security-profile=[The name of the phone'\''s security profile]:NAME:_default' \
'--device-security-mode=[How the phone talks to its call agent]:MODE:(non-secure authenticated encrypted)' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--force[Schedule Delete or Troubleshoot for phones, too, of which no certificate is known]' \
'--reset[Have the phones reset that have been changed, so that they come at once]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The phones, by name or as a range:_default' \
&& ret=0
;;
(set)
_arguments "${_arguments_options[@]}" : \
'*--where=[Only phones that meet this criterion; given several times, all of them (see \`capf phone find\`)]:CRITERION:_default' \
'--saved=[Only phones that meet the criteria of this saved search, too (see \`capf saved-search\`)]:SEARCH:_default' \
'--operation=[Schedule this certificate operation]:OPERATION:(none install delete troubleshoot)' \
'--auth-mode=[How the phone has to prove who it is]:MODE:(auth-string null-string lsc mic)' \
'--auth-string=[The string of 4 to 10 digits that the phone'\''s user enters, or \`generate\`]:DIGITS|generate:_default' \
'--key-order=[Which kind of key the phone makes]:ORDER:(rsa-only ec-only ec-preferred)' \
'--rsa-key-size=[The size of an RSA key in bits]:BITS:(512 1024 2048 3072 4096)' \
'--ec-key-size=[The size of an elliptic-curve key in bits]:BITS:(256 384 521)' \
'--completes-by=[The time by which the operation must complete]:TIME:_default' \
'--description=[What to write about the phone]:TEXT:_default' \
'--model=[The device type, as it is to stand in the certificate'\''s subject\: CP-8861]:MODEL:_default' \
'--security-profile=[The name of the phone'\''s security profile]:NAME:_default' \
'--device-security-mode=[How the phone talks to its call agent]:MODE:(non-secure authenticated encrypted)' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'(--where --saved)--all[All phones]' \
'--force[Schedule Delete or Troubleshoot for phones, too, of which no certificate is known]' \
'--reset[Have the phones reset that have been changed, so that they come at once]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The phones, by name or as a range SEP000000000001..SEP000000000032:_default' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The phone:_default' \
&& ret=0
;;
(find)
_arguments "${_arguments_options[@]}" : \
'*--where=[Only phones that meet this criterion; given several times, all of them (see \`capf phone find\`)]:CRITERION:_default' \
'--saved=[Only phones that meet the criteria of this saved search, too (see \`capf saved-search\`)]:SEARCH:_default' \
'--save=[Save the criteria under this name]:SEARCH:_default' \
'--sort=[Sort by this field]:FIELD:(device-name description device-type security-profile authentication-string authentication-mode lsc-status lsc-expires lsc-issued-by lsc-issuer-expires-by certificate-operation last-contact)' \
'--page=[Show this page]:N:_default' \
'--rows=[Rows per page]:N:_default' \
'*--columns=[Write these columns, in this order]:COLUMN,...:(name description model security_profile device_security_mode authentication_mode authentication_string operation operation_status completes_by key_order rsa_key_size ec_key_size lsc_subject lsc_serial_number lsc_issued_by lsc_expires lsc_issuer_expires_by csr_state last_contact address lsc_certificate)' \
'--authentication-strings=[Show the authentication strings, or write **** for each that is set]:WHETHER:((show\:"Show them"
hide\:"Write **** in their place"))' \
'--delimiter=[What stands between the cells of CSV\: one of these words, or the character itself]:CHAR:((comma\:"A comma"
semicolon\:"A semicolon, as spreadsheets expect it where the comma belongs to numbers"
tab\:"A tabulator"))' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--desc[Sort downwards]' \
'(--page --rows)--all[List every phone that is found, instead of a page]' \
'--bom[Begin CSV with a byte order mark, so that Excel reads it as UTF-8]' \
'--verbatim[Write text in CSV as it is, for programs]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(renew)
_arguments "${_arguments_options[@]}" : \
'--expires-within=[Renew LSCs that expire within this time\: 90m, 36h, 60d]:TIME:_default' \
'*--where=[Only phones that meet this criterion; given several times, all of them (see \`capf phone find\`)]:CRITERION:_default' \
'--saved=[Only phones that meet the criteria of this saved search, too (see \`capf saved-search\`)]:SEARCH:_default' \
'--batch=[Schedule no more phones than this at a time]:N:_default' \
'--every=[Go on with the next batch after this time\: 10m, 2h, 1d]:TIME:_default' \
'--auth-mode=[How the phones have to prove who they are from now on]:MODE:(auth-string null-string lsc mic)' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--reset[Have the phones reset that have been changed, so that they come at once]' \
'--dry-run[Say what would be done, and do nothing]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(reset)
_arguments "${_arguments_options[@]}" : \
'*--where=[Only phones that meet this criterion; given several times, all of them (see \`capf phone find\`)]:CRITERION:_default' \
'--saved=[Only phones that meet the criteria of this saved search, too (see \`capf saved-search\`)]:SEARCH:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'(--where --saved)--all[All phones]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The phones, by name or as a range SEP000000000001..SEP000000000032:_default' \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The phones, by name or as a range SEP000000000001..SEP000000000032:_default' \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--dry-run[Check the file, and add no phone]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The CSV file, or `-` for standard input:_files' \
&& ret=0
;;
(config)
_arguments "${_arguments_options[@]}" : \
'*--server=[A CAPF server, up to five of them]:HOST[:PORT]:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The phone:_default' \
&& ret=0
;;
        esac
    ;;
esac
;;
(migrate)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__migrate_commands" \
"*::: :->migrate" \
&& ret=0

    case $state in
    (migrate)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-migrate-command-$line[1]:"
        case $line[1] in
            (csv)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--dry-run[Check the file, and add no phone]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The CSV file, or `-` for standard input:_files' \
&& ret=0
;;
(capfd)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--dry-run[Say what would be done, and add no phone]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The database of capfd:_files' \
&& ret=0
;;
        esac
    ;;
esac
;;
(saved-search)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__saved-search_commands" \
"*::: :->saved-search" \
&& ret=0

    case $state in
    (saved-search)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-saved-search-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The saved search:_default' \
&& ret=0
;;
(delete)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The saved searches:_default' \
&& ret=0
;;
        esac
    ;;
esac
;;
(report)
_arguments "${_arguments_options[@]}" : \
'*--where=[Only phones that meet this criterion; given several times, all of them (see \`capf phone find\`)]:CRITERION:_default' \
'--saved=[Only phones that meet the criteria of this saved search, too (see \`capf saved-search\`)]:SEARCH:_default' \
'--output=[Write the report to this file]:FILE:_files' \
'*--columns=[Write these columns, in this order]:COLUMN,...:(name description model security_profile device_security_mode authentication_mode authentication_string operation operation_status completes_by key_order rsa_key_size ec_key_size lsc_subject lsc_serial_number lsc_issued_by lsc_expires lsc_issuer_expires_by csr_state last_contact address lsc_certificate)' \
'--authentication-strings=[Show the authentication strings, or write **** for each that is set]:WHETHER:((show\:"Show them"
hide\:"Write **** in their place"))' \
'--delimiter=[What stands between the cells of CSV\: one of these words, or the character itself]:CHAR:((comma\:"A comma"
semicolon\:"A semicolon, as spreadsheets expect it where the comma belongs to numbers"
tab\:"A tabulator"))' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--with-lsc[Add the LSCs themselves]' \
'--bom[Begin CSV with a byte order mark, so that Excel reads it as UTF-8]' \
'--verbatim[Write text in CSV as it is, for programs]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(check)
_arguments "${_arguments_options[@]}" : \
'--warning=[Warn of LSCs that expire within this time]:DURATION:_default' \
'--critical=[LSCs that expire within this time are critical]:DURATION:_default' \
'--ignore-expired=[Leave out LSCs that expired longer ago than this]:DURATION:_default' \
'--ca-warning=[Warn of the CAPF certificate and of trust anchors that expire within this time]:DURATION:_default' \
'--ca-critical=[The CAPF certificate and trust anchors of LSCs that expire within this time are critical]:DURATION:_default' \
'--csr-age=[Warn of CSRs that have waited longer than this for a certificate]:DURATION:_default' \
'--failures-warning=[Warn where the last operation of more phones than this failed]:NUMBER:_default' \
'--failures-critical=[It is critical where the last operation of more phones than this failed]:NUMBER:_default' \
'--overdue-warning=[Warn where more operations than this are overdue]:NUMBER:_default' \
'--stale-warning=[Warn where there are more stale LSCs than this]:NUMBER:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--service[It is critical where no service runs on the data directory]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(backup)
_arguments "${_arguments_options[@]}" : \
'(--passphrase-file)*--encrypt-to=[Encrypt it to this age recipient]:RECIPIENT:_default' \
'--passphrase-file=[Encrypt it to the passphrase in the first line of this file]:FILE:_files' \
'--keep=[Keep the N latest backups in the directory, and remove the older ones]:N:_default' \
'--user=[Log in to the server as this user]:NAME:_default' \
'--password=[Log in with this password]:PASSWORD:_default' \
'--netrc=[Look up users and passwords in this netrc file]:FILE:_files' \
'--ca-file=[Trust the CAs in this file, for FTPS and HTTPS]:FILE:_files' \
'--known-hosts=[Look up the host keys of SFTP servers in this file]:FILE:_files' \
'--host-key=[Believe an SFTP server with this host key]:SHA256:...:_default' \
'*--key=[Log in to SFTP servers with the private key in this file]:FILE:_files' \
'--timeout=[Give up when the server has not answered for so many seconds]:SECONDS:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--traces[Back up the trace files, too]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':target -- The file or directory to write to, a URL, or `-` for standard output:_default' \
&& ret=0
;;
(restore)
_arguments "${_arguments_options[@]}" : \
'(--passphrase-file)--identity=[Decrypt it with a secret key in this file]:FILE:_files' \
'--passphrase-file=[Decrypt it with the passphrase in the first line of this file]:FILE:_files' \
'--user=[Log in to the server as this user]:NAME:_default' \
'--password=[Log in with this password]:PASSWORD:_default' \
'--netrc=[Look up users and passwords in this netrc file]:FILE:_files' \
'--ca-file=[Trust the CAs in this file, for FTPS and HTTPS]:FILE:_files' \
'--known-hosts=[Look up the host keys of SFTP servers in this file]:FILE:_files' \
'--host-key=[Believe an SFTP server with this host key]:SHA256:...:_default' \
'*--key=[Log in to SFTP servers with the private key in this file]:FILE:_files' \
'--timeout=[Give up when the server has not answered for so many seconds]:SECONDS:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--dry-run[Verify the backup and show what is in it, and restore nothing]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The backup, a URL, or `-` for standard input:_default' \
&& ret=0
;;
(session)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__session_commands" \
"*::: :->session" \
&& ret=0

    case $state in
    (session)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-session-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
        esac
    ;;
esac
;;
(node)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__node_commands" \
"*::: :->node" \
&& ret=0

    case $state in
    (node)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-node-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The name that `capf node list` shows:_default' \
&& ret=0
;;
        esac
    ;;
esac
;;
(store)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__store_commands" \
"*::: :->store" \
&& ret=0

    case $state in
    (store)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-store-command-$line[1]:"
        case $line[1] in
            (copy)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':from -- The database that is copied\: `sqlite\:PATH` or `postgres\://USER\:PASSWORD@HOST/DATABASE`:_default' \
':to -- The empty database that it is copied into:_default' \
&& ret=0
;;
        esac
    ;;
esac
;;
(parameter)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__parameter_commands" \
"*::: :->parameter" \
&& ret=0

    case $state in
    (parameter)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-parameter-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The parameter, by its Cisco name or by the short one:(certificate-issuer certificate-validity key-generation-time key-generation-attempts csr-proof sudi-proof-required accept-expired-mic keep_alive keepalive-message concurrent-operations operations-per-minute queue-time opening-sessions-per-address tls-minimum-version trace-level trace-files operation-expires phone-port enable-ipv6)' \
&& ret=0
;;
(set)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The parameter, by its Cisco name or by the short one:(certificate-issuer certificate-validity key-generation-time key-generation-attempts csr-proof sudi-proof-required accept-expired-mic keep_alive keepalive-message concurrent-operations operations-per-minute queue-time opening-sessions-per-address tls-minimum-version trace-level trace-files operation-expires phone-port enable-ipv6)' \
':value -- Its value; `capf parameter show NAME` says what it takes:_default' \
'*::more -- Further parameters, each with its value behind it:_default' \
&& ret=0
;;
(reset)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The parameters, by their Cisco names or by the short ones:(certificate-issuer certificate-validity key-generation-time key-generation-attempts csr-proof sudi-proof-required accept-expired-mic keep_alive keepalive-message concurrent-operations operations-per-minute queue-time opening-sessions-per-address tls-minimum-version trace-level trace-files operation-expires phone-port enable-ipv6)' \
&& ret=0
;;
(history)
_arguments "${_arguments_options[@]}" : \
'--rows=[Show no more than so many changes]:NUMBER:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::name -- The parameter, by its Cisco name or by the short one; by default all:(certificate-issuer certificate-validity key-generation-time key-generation-attempts csr-proof sudi-proof-required accept-expired-mic keep_alive keepalive-message concurrent-operations operations-per-minute queue-time opening-sessions-per-address tls-minimum-version trace-level trace-files operation-expires phone-port enable-ipv6)' \
&& ret=0
;;
        esac
    ;;
esac
;;
(trace)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__trace_commands" \
"*::: :->trace" \
&& ret=0

    case $state in
    (trace)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-trace-command-$line[1]:"
        case $line[1] in
            (follow)
_arguments "${_arguments_options[@]}" : \
'*--device=[Those of this phone alone; may be repeated]:NAME:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--failed[Only sessions that failed, or came to no end]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(list)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'::device -- Those of this phone alone:_default' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':name -- The trace, as `capf trace list` names it:_default' \
&& ret=0
;;
        esac
    ;;
esac
;;
(trust)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__trust_commands" \
"*::: :->trust" \
&& ret=0

    case $state in
    (trust)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-trust-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--expiring=[Only those that expire within this time, as \`90d\` or \`6mo\`, or have expired]:TIME:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(show)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':id -- The number that `capf trust list` shows:_default' \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
'--purpose=[What they are trusted for]:PURPOSE:(capf manufacturing)' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'(--purpose)--other-capf[Trust the LSCs of another CAPF, whose certificate this is]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::files -- Files with CA certificates:_files' \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':id -- The number that `capf trust list` shows:_default' \
&& ret=0
;;
(crl)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__trust__subcmd__crl_commands" \
"*::: :->crl" \
&& ret=0

    case $state in
    (crl)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-trust-crl-command-$line[1]:"
        case $line[1] in
            (list)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::files -- Files with CRLs:_files' \
&& ret=0
;;
(remove)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':id -- The number that `capf trust crl list` shows:_default' \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
;;
(ca)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__ca_commands" \
"*::: :->ca" \
&& ret=0

    case $state in
    (ca)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-ca-command-$line[1]:"
        case $line[1] in
            (show)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(export)
_arguments "${_arguments_options[@]}" : \
'--directory=[Write the files into this directory]:DIR:_files' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'(--chain --directory)--der[Write DER]' \
'--chain[Write the certificates of the CAs above it, too]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(regenerate)
_arguments "${_arguments_options[@]}" : \
'--key=[The new key]:KEY:((rsa2048\:"What every phone can deal with"
rsa3072\:"Slower on old phones"
rsa4096\:"Slower still"
ec256\:"P-256, for phones that know ECDSA"
ec384\:"P-384, for phones that know ECDSA"
ec521\:"P-521, for phones that know ECDSA"))' \
'--days=[How many days the new certificate is valid]:DAYS:_default' \
'--subject=[Whose the new certificate is\: C, O, OU, ST and L, of which O must be there]:NAME:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(csr)
_arguments "${_arguments_options[@]}" : \
'--output=[Write to this file, and not to standard output]:FILE:_files' \
'--new-key=[Make a new key]:KEY:((rsa2048\:"What every phone can deal with"
rsa3072\:"Slower on old phones"
rsa4096\:"Slower still"
ec256\:"P-256, for phones that know ECDSA"
ec384\:"P-384, for phones that know ECDSA"
ec521\:"P-521, for phones that know ECDSA"))' \
'--subject=[Whose the certificate is to be, as for \`capf ca regenerate\`]:NAME:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(import)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::files -- The files with the certificate and its chain:_files' \
&& ret=0
;;
(passphrase)
_arguments "${_arguments_options[@]}" : \
'(--remove)--new-file=[Read the new passphrase from this file]:FILE:_files' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--remove[Keep the key in the clear]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
        esac
    ;;
esac
;;
(ctl)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__ctl_commands" \
"*::: :->ctl" \
&& ret=0

    case $state in
    (ctl)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-ctl-command-$line[1]:"
        case $line[1] in
            (show)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The file, or `-` for standard input:_default' \
&& ret=0
;;
(verify)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The file, or `-` for standard input:_default' \
&& ret=0
;;
(build)
_arguments "${_arguments_options[@]}" : \
'--signer-cert=[The certificate of the token that signs the file, in PEM or DER]:FILE:_files' \
'--signer-key=[The private key of that token, in PEM without a passphrase]:FILE:_files' \
'*--record=[Trust another certificate, in PEM or DER, in this role]:ROLE[@HOST]=FILE:_default' \
'--host=[The name or the address of this CAPF server]:HOST:_default' \
'--hash=[Sign with this hash]:HASH:(sha-1 sha-256 sha-512)' \
'--file-name=[The name that stands in the file; by default that of the file]:NAME:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':file -- The file\: ITLFile.tlv or CTLFile.tlv, or a phone'\''s own, ITLSEP001122334455.tlv:_files' \
&& ret=0
;;
        esac
    ;;
esac
;;
(phone-sim)
_arguments "${_arguments_options[@]}" : \
'*--server=[The server'\''s address; may be repeated]:HOST:PORT:_default' \
'--ip-mode=[The phones'\'' IP mode]:MODE:(dual-stack ipv4 ipv6)' \
'--ip-addresses=[The IP addresses that the phones have]:ADDRESSES:(both ipv4 ipv6)' \
'--ca=[Believe no server but the one with this certificate, or one that it issued]:FILE:_files' \
'--auth-mode=[The authentication mode that the phones'\'' configuration file says]:MODE:(auth-string null-string lsc mic)' \
'--auth-string=[The string that the phones'\'' user enters]:DIGITS:_default' \
'--lsc=[The LSC that the phones have, with its private key, in one PEM file]:FILE:_files' \
'--mic=[The MIC that the phones have, with its private key, in one PEM file]:FILE:_files' \
'--state-dir=[Keep what phones remember in this directory]:DIR:_files' \
'--jobs=[Have no more than this many phones connected at a time]:N:_default' \
'--retries=[Try again this often after a communication failure, as a real phone does]:N:_default' \
'--retry-interval=[Wait this long before trying again, unless the server says how long]:SECONDS:_default' \
'--key-delay=[Take this much longer to make a key]:SECONDS:_default' \
'--press-stop=[Have the user press Stop\: at first-request, key (the default), storing, or after SECONDS]::WHEN|SECONDS:_default' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'(--auth-mode)--no-tftp[Have the phones load no configuration file, and use the mode in their flash]' \
'--legacy[Be phones of the 7900 series, which know TLS 1.0 alone]' \
'--softphone[Be softphones, which speak version 2 of the protocol and send neither a string nor a proof]' \
'--no-ec[Know no keys on elliptic curves]' \
'--refuse[Refuse to store a certificate]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
'*::names -- The phones, by name or as a range SEP000000000001..SEP000000000032:_default' \
&& ret=0
;;
(shell)
_arguments "${_arguments_options[@]}" : \
'--file=[Take the lines of this file]:SCRIPT:_files' \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--keep-going[Run the lines behind one that fails, too]' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
&& ret=0
;;
(util)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
":: :_capf__subcmd__util_commands" \
"*::: :->util" \
&& ret=0

    case $state in
    (util)
        words=($line[1] "${words[@]}")
        (( CURRENT += 1 ))
        curcontext="${curcontext%:*:*}:capf-util-command-$line[1]:"
        case $line[1] in
            (man)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':dir -- The directory, /usr/local/share/man/man1 for example:_files' \
&& ret=0
;;
(completions)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':shell -- The shell:(bash fish zsh)' \
&& ret=0
;;
(link)
_arguments "${_arguments_options[@]}" : \
'--config=[Read settings from this file]:FILE:_files' \
'--data-dir=[Keep everything in this directory]:DIR:_files' \
'--store=[Use this database]:URI:_default' \
'--ca-passphrase-file=[Read the passphrase of the CAPF key from this file]:FILE:_files' \
'--format=[Write the result in this format]:FORMAT:((table\:"For people"
json\:"For programs\: an object, or an array of objects"
jsonl\:"For programs\: an object on each line"
csv\:"For spreadsheets, with Cisco'\''s labels in the first line"
html\:"For a browser and for paper\: \`capf report\` alone"))' \
'--color=[Use colour]:WHEN:((auto\:"On a terminal"
always\:"Always"
never\:"Never"))' \
'--quiet[Write nothing but the result, warnings and errors]' \
'--yes[Answer yes to every question]' \
'-h[Print help (see more with '\''--help'\'')]' \
'--help[Print help (see more with '\''--help'\'')]' \
':dir -- The directory for the link, /usr/local/bin for example:_files' \
&& ret=0
;;
        esac
    ;;
esac
;;
        esac
    ;;
esac
}

(( $+functions[_capf_commands] )) ||
_capf_commands() {
    local commands; commands=(
'serve:Run the CAPF service' \
'service:Service activation, and control of the service that runs' \
'demo:Go the whole Offline CA round on this machine, with simulated phones' \
'csr:Certificate signing requests for an offline CA' \
'cert:Certificates from an offline CA' \
'stale-lsc:Certificates that no phone took, and none will' \
'set:Settings, as \`utils capf set\` has them' \
'phone:Phones and the certificate operations scheduled for them' \
'migrate:Phones that come from another system, with their state' \
'saved-search:Criteria under a name, which \`capf phone find --save\` keeps' \
'report:Report on phones, their settings, operations and LSCs' \
'check:Check the installation for a monitoring system' \
'backup:Back up the installation, while its service runs' \
'restore:Restore the installation from a backup' \
'session:Sessions that phones have open' \
'node:The machines that serve phones from one database' \
'store:The database itself' \
'parameter:Service and enterprise parameters, by their Cisco names' \
'trace:Traces of sessions, and the certificates that Troubleshoot fetched' \
'trust:The trust store\: the CAs whose certificates are believed' \
'ca:The CAPF certificate' \
'ctl:CTL and ITL files, by which phones know whom to trust' \
'phone-sim:Simulate phones against any CAPF server, to test and to diagnose' \
'shell:Take commands line by line, at the prompt \`admin\:\` or from a script' \
'util:Man pages, completions, and the \`utils\` link' \
    )
    _describe -t commands 'capf commands' commands "$@"
}
(( $+functions[_capf__subcmd__backup_commands] )) ||
_capf__subcmd__backup_commands() {
    local commands; commands=()
    _describe -t commands 'capf backup commands' commands "$@"
}
(( $+functions[_capf__subcmd__ca_commands] )) ||
_capf__subcmd__ca_commands() {
    local commands; commands=(
'show:Show the CAPF certificate' \
'export:Write the CAPF certificate to standard output, or into a directory' \
'regenerate:Make a new CAPF certificate with a new key' \
'csr:Write a request by which another CA signs the CAPF certificate' \
'import:Take the CAPF certificate that another CA signed' \
'passphrase:Set, change or remove the passphrase of the CAPF key' \
    )
    _describe -t commands 'capf ca commands' commands "$@"
}
(( $+functions[_capf__subcmd__ca__subcmd__csr_commands] )) ||
_capf__subcmd__ca__subcmd__csr_commands() {
    local commands; commands=()
    _describe -t commands 'capf ca csr commands' commands "$@"
}
(( $+functions[_capf__subcmd__ca__subcmd__export_commands] )) ||
_capf__subcmd__ca__subcmd__export_commands() {
    local commands; commands=()
    _describe -t commands 'capf ca export commands' commands "$@"
}
(( $+functions[_capf__subcmd__ca__subcmd__import_commands] )) ||
_capf__subcmd__ca__subcmd__import_commands() {
    local commands; commands=()
    _describe -t commands 'capf ca import commands' commands "$@"
}
(( $+functions[_capf__subcmd__ca__subcmd__passphrase_commands] )) ||
_capf__subcmd__ca__subcmd__passphrase_commands() {
    local commands; commands=()
    _describe -t commands 'capf ca passphrase commands' commands "$@"
}
(( $+functions[_capf__subcmd__ca__subcmd__regenerate_commands] )) ||
_capf__subcmd__ca__subcmd__regenerate_commands() {
    local commands; commands=()
    _describe -t commands 'capf ca regenerate commands' commands "$@"
}
(( $+functions[_capf__subcmd__ca__subcmd__show_commands] )) ||
_capf__subcmd__ca__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'capf ca show commands' commands "$@"
}
(( $+functions[_capf__subcmd__cert_commands] )) ||
_capf__subcmd__cert_commands() {
    local commands; commands=(
'import:Import certificates from an offline CA' \
'show:Show a certificate or a certificate signing request' \
    )
    _describe -t commands 'capf cert commands' commands "$@"
}
(( $+functions[_capf__subcmd__cert__subcmd__import_commands] )) ||
_capf__subcmd__cert__subcmd__import_commands() {
    local commands; commands=()
    _describe -t commands 'capf cert import commands' commands "$@"
}
(( $+functions[_capf__subcmd__cert__subcmd__show_commands] )) ||
_capf__subcmd__cert__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'capf cert show commands' commands "$@"
}
(( $+functions[_capf__subcmd__check_commands] )) ||
_capf__subcmd__check_commands() {
    local commands; commands=()
    _describe -t commands 'capf check commands' commands "$@"
}
(( $+functions[_capf__subcmd__csr_commands] )) ||
_capf__subcmd__csr_commands() {
    local commands; commands=(
'count:Count the certificate signing requests by state' \
'list:List the certificate signing requests that wait for a certificate' \
'dump:Take certificate signing requests out in one .tgz' \
'delete:Delete all certificate signing requests' \
    )
    _describe -t commands 'capf csr commands' commands "$@"
}
(( $+functions[_capf__subcmd__csr__subcmd__count_commands] )) ||
_capf__subcmd__csr__subcmd__count_commands() {
    local commands; commands=()
    _describe -t commands 'capf csr count commands' commands "$@"
}
(( $+functions[_capf__subcmd__csr__subcmd__delete_commands] )) ||
_capf__subcmd__csr__subcmd__delete_commands() {
    local commands; commands=()
    _describe -t commands 'capf csr delete commands' commands "$@"
}
(( $+functions[_capf__subcmd__csr__subcmd__dump_commands] )) ||
_capf__subcmd__csr__subcmd__dump_commands() {
    local commands; commands=()
    _describe -t commands 'capf csr dump commands' commands "$@"
}
(( $+functions[_capf__subcmd__csr__subcmd__list_commands] )) ||
_capf__subcmd__csr__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf csr list commands' commands "$@"
}
(( $+functions[_capf__subcmd__ctl_commands] )) ||
_capf__subcmd__ctl_commands() {
    local commands; commands=(
'show:Show what is in a CTL or ITL file' \
'verify:Verify that phones which hold a CTL or ITL file believe this CAPF' \
'build:Build a CTL or ITL file' \
    )
    _describe -t commands 'capf ctl commands' commands "$@"
}
(( $+functions[_capf__subcmd__ctl__subcmd__build_commands] )) ||
_capf__subcmd__ctl__subcmd__build_commands() {
    local commands; commands=()
    _describe -t commands 'capf ctl build commands' commands "$@"
}
(( $+functions[_capf__subcmd__ctl__subcmd__show_commands] )) ||
_capf__subcmd__ctl__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'capf ctl show commands' commands "$@"
}
(( $+functions[_capf__subcmd__ctl__subcmd__verify_commands] )) ||
_capf__subcmd__ctl__subcmd__verify_commands() {
    local commands; commands=()
    _describe -t commands 'capf ctl verify commands' commands "$@"
}
(( $+functions[_capf__subcmd__demo_commands] )) ||
_capf__subcmd__demo_commands() {
    local commands; commands=()
    _describe -t commands 'capf demo commands' commands "$@"
}
(( $+functions[_capf__subcmd__migrate_commands] )) ||
_capf__subcmd__migrate_commands() {
    local commands; commands=(
'csv:Add phones from a CSV file, with their state' \
'capfd:Add the phones of a capfd' \
    )
    _describe -t commands 'capf migrate commands' commands "$@"
}
(( $+functions[_capf__subcmd__migrate__subcmd__capfd_commands] )) ||
_capf__subcmd__migrate__subcmd__capfd_commands() {
    local commands; commands=()
    _describe -t commands 'capf migrate capfd commands' commands "$@"
}
(( $+functions[_capf__subcmd__migrate__subcmd__csv_commands] )) ||
_capf__subcmd__migrate__subcmd__csv_commands() {
    local commands; commands=()
    _describe -t commands 'capf migrate csv commands' commands "$@"
}
(( $+functions[_capf__subcmd__node_commands] )) ||
_capf__subcmd__node_commands() {
    local commands; commands=(
'list:List the nodes, and whether each is alive' \
'remove:Forget a dead node' \
    )
    _describe -t commands 'capf node commands' commands "$@"
}
(( $+functions[_capf__subcmd__node__subcmd__list_commands] )) ||
_capf__subcmd__node__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf node list commands' commands "$@"
}
(( $+functions[_capf__subcmd__node__subcmd__remove_commands] )) ||
_capf__subcmd__node__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'capf node remove commands' commands "$@"
}
(( $+functions[_capf__subcmd__parameter_commands] )) ||
_capf__subcmd__parameter_commands() {
    local commands; commands=(
'list:List all parameters with their values' \
'show:Show one parameter\: its value, what it means and takes, and when a change takes effect' \
'set:Set one or more parameters' \
'reset:Give parameters their defaults back' \
'history:Show who changed parameters, when, from what and to what' \
    )
    _describe -t commands 'capf parameter commands' commands "$@"
}
(( $+functions[_capf__subcmd__parameter__subcmd__history_commands] )) ||
_capf__subcmd__parameter__subcmd__history_commands() {
    local commands; commands=()
    _describe -t commands 'capf parameter history commands' commands "$@"
}
(( $+functions[_capf__subcmd__parameter__subcmd__list_commands] )) ||
_capf__subcmd__parameter__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf parameter list commands' commands "$@"
}
(( $+functions[_capf__subcmd__parameter__subcmd__reset_commands] )) ||
_capf__subcmd__parameter__subcmd__reset_commands() {
    local commands; commands=()
    _describe -t commands 'capf parameter reset commands' commands "$@"
}
(( $+functions[_capf__subcmd__parameter__subcmd__set_commands] )) ||
_capf__subcmd__parameter__subcmd__set_commands() {
    local commands; commands=()
    _describe -t commands 'capf parameter set commands' commands "$@"
}
(( $+functions[_capf__subcmd__parameter__subcmd__show_commands] )) ||
_capf__subcmd__parameter__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'capf parameter show commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone_commands] )) ||
_capf__subcmd__phone_commands() {
    local commands; commands=(
'add:Add phones' \
'set:Schedule operations and change settings, for one phone or many' \
'show:Show one phone whole' \
'find:Find and list phones' \
'renew:Renew LSCs before they expire' \
'reset:Have phones reset by their call agent' \
'remove:Remove phones' \
'import:Add phones from a CSV file, with their state' \
'config:Show what a phone'\''s configuration file says of CAPF' \
    )
    _describe -t commands 'capf phone commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__add_commands] )) ||
_capf__subcmd__phone__subcmd__add_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone add commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__config_commands] )) ||
_capf__subcmd__phone__subcmd__config_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone config commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__find_commands] )) ||
_capf__subcmd__phone__subcmd__find_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone find commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__import_commands] )) ||
_capf__subcmd__phone__subcmd__import_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone import commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__remove_commands] )) ||
_capf__subcmd__phone__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone remove commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__renew_commands] )) ||
_capf__subcmd__phone__subcmd__renew_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone renew commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__reset_commands] )) ||
_capf__subcmd__phone__subcmd__reset_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone reset commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__set_commands] )) ||
_capf__subcmd__phone__subcmd__set_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone set commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone__subcmd__show_commands] )) ||
_capf__subcmd__phone__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone show commands' commands "$@"
}
(( $+functions[_capf__subcmd__phone-sim_commands] )) ||
_capf__subcmd__phone-sim_commands() {
    local commands; commands=()
    _describe -t commands 'capf phone-sim commands' commands "$@"
}
(( $+functions[_capf__subcmd__report_commands] )) ||
_capf__subcmd__report_commands() {
    local commands; commands=()
    _describe -t commands 'capf report commands' commands "$@"
}
(( $+functions[_capf__subcmd__restore_commands] )) ||
_capf__subcmd__restore_commands() {
    local commands; commands=()
    _describe -t commands 'capf restore commands' commands "$@"
}
(( $+functions[_capf__subcmd__saved-search_commands] )) ||
_capf__subcmd__saved-search_commands() {
    local commands; commands=(
'list:List the saved searches' \
'show:Show the criteria of a saved search, one to a line' \
'delete:Delete saved searches' \
    )
    _describe -t commands 'capf saved-search commands' commands "$@"
}
(( $+functions[_capf__subcmd__saved-search__subcmd__delete_commands] )) ||
_capf__subcmd__saved-search__subcmd__delete_commands() {
    local commands; commands=()
    _describe -t commands 'capf saved-search delete commands' commands "$@"
}
(( $+functions[_capf__subcmd__saved-search__subcmd__list_commands] )) ||
_capf__subcmd__saved-search__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf saved-search list commands' commands "$@"
}
(( $+functions[_capf__subcmd__saved-search__subcmd__show_commands] )) ||
_capf__subcmd__saved-search__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'capf saved-search show commands' commands "$@"
}
(( $+functions[_capf__subcmd__serve_commands] )) ||
_capf__subcmd__serve_commands() {
    local commands; commands=()
    _describe -t commands 'capf serve commands' commands "$@"
}
(( $+functions[_capf__subcmd__service_commands] )) ||
_capf__subcmd__service_commands() {
    local commands; commands=(
'status:Show whether the service is activated and runs, since when and where' \
'activate:Activate the service' \
'deactivate:Deactivate the service' \
'restart:Let the service that runs begin anew' \
    )
    _describe -t commands 'capf service commands' commands "$@"
}
(( $+functions[_capf__subcmd__service__subcmd__activate_commands] )) ||
_capf__subcmd__service__subcmd__activate_commands() {
    local commands; commands=()
    _describe -t commands 'capf service activate commands' commands "$@"
}
(( $+functions[_capf__subcmd__service__subcmd__deactivate_commands] )) ||
_capf__subcmd__service__subcmd__deactivate_commands() {
    local commands; commands=()
    _describe -t commands 'capf service deactivate commands' commands "$@"
}
(( $+functions[_capf__subcmd__service__subcmd__restart_commands] )) ||
_capf__subcmd__service__subcmd__restart_commands() {
    local commands; commands=()
    _describe -t commands 'capf service restart commands' commands "$@"
}
(( $+functions[_capf__subcmd__service__subcmd__status_commands] )) ||
_capf__subcmd__service__subcmd__status_commands() {
    local commands; commands=()
    _describe -t commands 'capf service status commands' commands "$@"
}
(( $+functions[_capf__subcmd__session_commands] )) ||
_capf__subcmd__session_commands() {
    local commands; commands=(
'list:List the sessions now open, with their state' \
    )
    _describe -t commands 'capf session commands' commands "$@"
}
(( $+functions[_capf__subcmd__session__subcmd__list_commands] )) ||
_capf__subcmd__session__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf session list commands' commands "$@"
}
(( $+functions[_capf__subcmd__set_commands] )) ||
_capf__subcmd__set_commands() {
    local commands; commands=(
'keep_alive:Set how often a waiting phone'\''s connection is kept alive' \
'keep-alive:Set how often a waiting phone'\''s connection is kept alive' \
    )
    _describe -t commands 'capf set commands' commands "$@"
}
(( $+functions[_capf__subcmd__set__subcmd__keep_alive_commands] )) ||
_capf__subcmd__set__subcmd__keep_alive_commands() {
    local commands; commands=()
    _describe -t commands 'capf set keep_alive commands' commands "$@"
}
(( $+functions[_capf__subcmd__shell_commands] )) ||
_capf__subcmd__shell_commands() {
    local commands; commands=()
    _describe -t commands 'capf shell commands' commands "$@"
}
(( $+functions[_capf__subcmd__stale-lsc_commands] )) ||
_capf__subcmd__stale-lsc_commands() {
    local commands; commands=(
'list:List the stale LSCs' \
'view:List the stale LSCs' \
'delete:Delete the stale LSCs' \
    )
    _describe -t commands 'capf stale-lsc commands' commands "$@"
}
(( $+functions[_capf__subcmd__stale-lsc__subcmd__delete_commands] )) ||
_capf__subcmd__stale-lsc__subcmd__delete_commands() {
    local commands; commands=()
    _describe -t commands 'capf stale-lsc delete commands' commands "$@"
}
(( $+functions[_capf__subcmd__stale-lsc__subcmd__list_commands] )) ||
_capf__subcmd__stale-lsc__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf stale-lsc list commands' commands "$@"
}
(( $+functions[_capf__subcmd__store_commands] )) ||
_capf__subcmd__store_commands() {
    local commands; commands=(
'copy:Copy the whole database into another, from SQLite to PostgreSQL or back' \
    )
    _describe -t commands 'capf store commands' commands "$@"
}
(( $+functions[_capf__subcmd__store__subcmd__copy_commands] )) ||
_capf__subcmd__store__subcmd__copy_commands() {
    local commands; commands=()
    _describe -t commands 'capf store copy commands' commands "$@"
}
(( $+functions[_capf__subcmd__trace_commands] )) ||
_capf__subcmd__trace_commands() {
    local commands; commands=(
'follow:Show traces as they are written, until Ctrl-C' \
'list:List the traces' \
'show:Show a trace' \
    )
    _describe -t commands 'capf trace commands' commands "$@"
}
(( $+functions[_capf__subcmd__trace__subcmd__follow_commands] )) ||
_capf__subcmd__trace__subcmd__follow_commands() {
    local commands; commands=()
    _describe -t commands 'capf trace follow commands' commands "$@"
}
(( $+functions[_capf__subcmd__trace__subcmd__list_commands] )) ||
_capf__subcmd__trace__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf trace list commands' commands "$@"
}
(( $+functions[_capf__subcmd__trace__subcmd__show_commands] )) ||
_capf__subcmd__trace__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'capf trace show commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust_commands] )) ||
_capf__subcmd__trust_commands() {
    local commands; commands=(
'list:List the certificates that are trusted' \
'show:Show a certificate that is trusted, and what rests on it' \
'import:Trust the CAs in these files' \
'remove:Trust a CA no longer' \
'crl:Certificate revocation lists (CRLs) of the CAs that are trusted' \
    )
    _describe -t commands 'capf trust commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust__subcmd__crl_commands] )) ||
_capf__subcmd__trust__subcmd__crl_commands() {
    local commands; commands=(
'list:List the revocation lists that are honoured' \
'import:Honour the revocation lists in these files' \
'remove:Forget a revocation list' \
    )
    _describe -t commands 'capf trust crl commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust__subcmd__crl__subcmd__import_commands] )) ||
_capf__subcmd__trust__subcmd__crl__subcmd__import_commands() {
    local commands; commands=()
    _describe -t commands 'capf trust crl import commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust__subcmd__crl__subcmd__list_commands] )) ||
_capf__subcmd__trust__subcmd__crl__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf trust crl list commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust__subcmd__crl__subcmd__remove_commands] )) ||
_capf__subcmd__trust__subcmd__crl__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'capf trust crl remove commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust__subcmd__import_commands] )) ||
_capf__subcmd__trust__subcmd__import_commands() {
    local commands; commands=()
    _describe -t commands 'capf trust import commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust__subcmd__list_commands] )) ||
_capf__subcmd__trust__subcmd__list_commands() {
    local commands; commands=()
    _describe -t commands 'capf trust list commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust__subcmd__remove_commands] )) ||
_capf__subcmd__trust__subcmd__remove_commands() {
    local commands; commands=()
    _describe -t commands 'capf trust remove commands' commands "$@"
}
(( $+functions[_capf__subcmd__trust__subcmd__show_commands] )) ||
_capf__subcmd__trust__subcmd__show_commands() {
    local commands; commands=()
    _describe -t commands 'capf trust show commands' commands "$@"
}
(( $+functions[_capf__subcmd__util_commands] )) ||
_capf__subcmd__util_commands() {
    local commands; commands=(
'man:Write the man pages into a directory' \
'completions:Write a shell'\''s completions to standard output' \
'link:Make the link \`utils\`, under which capf takes Unified CM'\''s commands' \
    )
    _describe -t commands 'capf util commands' commands "$@"
}
(( $+functions[_capf__subcmd__util__subcmd__completions_commands] )) ||
_capf__subcmd__util__subcmd__completions_commands() {
    local commands; commands=()
    _describe -t commands 'capf util completions commands' commands "$@"
}
(( $+functions[_capf__subcmd__util__subcmd__link_commands] )) ||
_capf__subcmd__util__subcmd__link_commands() {
    local commands; commands=()
    _describe -t commands 'capf util link commands' commands "$@"
}
(( $+functions[_capf__subcmd__util__subcmd__man_commands] )) ||
_capf__subcmd__util__subcmd__man_commands() {
    local commands; commands=()
    _describe -t commands 'capf util man commands' commands "$@"
}

if [ "$funcstack[1]" = "_capf" ]; then
    _capf "$@"
else
    compdef _capf capf
fi
