# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_capf_global_optspecs
    string join \n config= data-dir= store= ca-passphrase-file= format= quiet color= yes h/help V/version
end

function __fish_capf_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_capf_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_capf_using_subcommand
    set -l cmd (__fish_capf_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c capf -n "__fish_capf_needs_command" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_needs_command" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_needs_command" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_needs_command" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_needs_command" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_needs_command" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_needs_command" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_needs_command" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_needs_command" -s V -l version -d 'Print version'
complete -c capf -n "__fish_capf_needs_command" -f -a "serve" -d 'Run the CAPF service'
complete -c capf -n "__fish_capf_needs_command" -f -a "service" -d 'Service activation, and control of the service that runs'
complete -c capf -n "__fish_capf_needs_command" -f -a "demo" -d 'Go the whole Offline CA round on this machine, with simulated phones'
complete -c capf -n "__fish_capf_needs_command" -f -a "csr" -d 'Certificate signing requests for an offline CA'
complete -c capf -n "__fish_capf_needs_command" -f -a "cert" -d 'Certificates from an offline CA'
complete -c capf -n "__fish_capf_needs_command" -f -a "stale-lsc" -d 'Certificates that no phone took, and none will'
complete -c capf -n "__fish_capf_needs_command" -f -a "set" -d 'Settings, as `utils capf set` has them'
complete -c capf -n "__fish_capf_needs_command" -f -a "phone" -d 'Phones and the certificate operations scheduled for them'
complete -c capf -n "__fish_capf_needs_command" -f -a "migrate" -d 'Phones that come from another system, with their state'
complete -c capf -n "__fish_capf_needs_command" -f -a "saved-search" -d 'Criteria under a name, which `capf phone find --save` keeps'
complete -c capf -n "__fish_capf_needs_command" -f -a "report" -d 'Report on phones, their settings, operations and LSCs'
complete -c capf -n "__fish_capf_needs_command" -f -a "check" -d 'Check the installation for a monitoring system'
complete -c capf -n "__fish_capf_needs_command" -f -a "backup" -d 'Back up the installation, while its service runs'
complete -c capf -n "__fish_capf_needs_command" -f -a "restore" -d 'Restore the installation from a backup'
complete -c capf -n "__fish_capf_needs_command" -f -a "session" -d 'Sessions that phones have open'
complete -c capf -n "__fish_capf_needs_command" -f -a "node" -d 'The machines that serve phones from one database'
complete -c capf -n "__fish_capf_needs_command" -f -a "store" -d 'The database itself'
complete -c capf -n "__fish_capf_needs_command" -f -a "parameter" -d 'Service and enterprise parameters, by their Cisco names'
complete -c capf -n "__fish_capf_needs_command" -f -a "trace" -d 'Traces of sessions, and the certificates that Troubleshoot fetched'
complete -c capf -n "__fish_capf_needs_command" -f -a "trust" -d 'The trust store: the CAs whose certificates are believed'
complete -c capf -n "__fish_capf_needs_command" -f -a "ca" -d 'The CAPF certificate'
complete -c capf -n "__fish_capf_needs_command" -f -a "ctl" -d 'CTL and ITL files, by which phones know whom to trust'
complete -c capf -n "__fish_capf_needs_command" -f -a "phone-sim" -d 'Simulate phones against any CAPF server, to test and to diagnose'
complete -c capf -n "__fish_capf_needs_command" -f -a "shell" -d 'Take commands line by line, at the prompt `admin:` or from a script'
complete -c capf -n "__fish_capf_needs_command" -f -a "util" -d 'Man pages, completions, and the `utils` link'
complete -c capf -n "__fish_capf_using_subcommand serve" -l listen -d 'Listen on this address; may be repeated' -r
complete -c capf -n "__fish_capf_using_subcommand serve" -l listen-legacy -d 'Listen on this address, for phones that know TLS 1.0 alone, too; may be repeated' -r
complete -c capf -n "__fish_capf_using_subcommand serve" -l balancer -d 'Expect at this address a load balancer, which says whose a connection is; may be repeated' -r
complete -c capf -n "__fish_capf_using_subcommand serve" -l node -d 'Serve under this name among the machines that work on one PostgreSQL database' -r
complete -c capf -n "__fish_capf_using_subcommand serve" -l max-connections -d 'Have no more than this many connections at a time' -r
complete -c capf -n "__fish_capf_using_subcommand serve" -l metrics -d 'Let a monitoring system ask at this address' -r
complete -c capf -n "__fish_capf_using_subcommand serve" -l log -d 'Log what is at least this important: error, warn, info, debug' -r
complete -c capf -n "__fish_capf_using_subcommand serve" -l log-format -d 'Write the log in this format' -r -f -a "text\t''
json\t''
journal\t''"
complete -c capf -n "__fish_capf_using_subcommand serve" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand serve" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand serve" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand serve" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand serve" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand serve" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand serve" -l if-activated -d 'Serve only while the service is activated, and else wait for `capf service activate`'
complete -c capf -n "__fish_capf_using_subcommand serve" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand serve" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -f -a "status" -d 'Show whether the service is activated and runs, since when and where'
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -f -a "activate" -d 'Activate the service'
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -f -a "deactivate" -d 'Deactivate the service'
complete -c capf -n "__fish_capf_using_subcommand service; and not __fish_seen_subcommand_from status activate deactivate restart" -f -a "restart" -d 'Let the service that runs begin anew'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l wait -d 'Wait so many seconds at the most until the service has done it; 0 does not wait' -r
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from activate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l wait -d 'Wait so many seconds at the most until the service has done it; 0 does not wait' -r
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from deactivate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l wait -d 'Wait so many seconds at the most until the service has done it; 0 does not wait' -r
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand service; and __fish_seen_subcommand_from restart" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand demo" -l phones -d 'How many phones' -r
complete -c capf -n "__fish_capf_using_subcommand demo" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand demo" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand demo" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand demo" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand demo" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand demo" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand demo" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand demo" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -f -a "count" -d 'Count the certificate signing requests by state'
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -f -a "list" -d 'List the certificate signing requests that wait for a certificate'
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -f -a "dump" -d 'Take certificate signing requests out in one .tgz'
complete -c capf -n "__fish_capf_using_subcommand csr; and not __fish_seen_subcommand_from count list dump delete" -f -a "delete" -d 'Delete all certificate signing requests'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from count" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l since -d 'Take only CSRs whose keys have arrived since then' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l where -d 'Only phones that meet this criterion; given several times, all of them (see `capf phone find`)' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l saved -d 'Only phones that meet the criteria of this saved search, too (see `capf saved-search`)' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l only-new -d 'Take only CSRs that were not dumped before'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l encoding -d 'How the requests in the archive are encoded' -r -f -a "pem\t'Base64 between two lines'
der\t'Binary'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l since -d 'Take only CSRs whose keys have arrived since then' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l where -d 'Only phones that meet this criterion; given several times, all of them (see `capf phone find`)' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l saved -d 'Only phones that meet the criteria of this saved search, too (see `capf saved-search`)' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l user -d 'Log in to the server as this user' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l password -d 'Log in with this password' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l netrc -d 'Look up users and passwords in this netrc file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l ca-file -d 'Trust the CAs in this file, for FTPS and HTTPS' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l known-hosts -d 'Look up the host keys of SFTP servers in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l host-key -d 'Believe an SFTP server with this host key' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l key -d 'Log in to SFTP servers with the private key in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l timeout -d 'Give up when the server has not answered for so many seconds' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l only-new -d 'Take only CSRs that were not dumped before'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from dump" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand csr; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -f -a "import" -d 'Import certificates from an offline CA'
complete -c capf -n "__fish_capf_using_subcommand cert; and not __fish_seen_subcommand_from import show" -f -a "show" -d 'Show a certificate or a certificate signing request'
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l report -d 'Write what came of each file to this CSV file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l user -d 'Log in to the server as this user' -r
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l password -d 'Log in with this password' -r
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l netrc -d 'Look up users and passwords in this netrc file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l ca-file -d 'Trust the CAs in this file, for FTPS and HTTPS' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l known-hosts -d 'Look up the host keys of SFTP servers in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l host-key -d 'Believe an SFTP server with this host key' -r
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l key -d 'Log in to SFTP servers with the private key in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l timeout -d 'Give up when the server has not answered for so many seconds' -r
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l dry-run -d 'Verify the certificates, and import none'
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand cert; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -f -a "list" -d 'List the stale LSCs'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -f -a "view" -d 'List the stale LSCs'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and not __fish_seen_subcommand_from list view delete" -f -a "delete" -d 'Delete the stale LSCs'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from view" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand stale-lsc; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -f -a "keep_alive" -d 'Set how often a waiting phone\'s connection is kept alive'
complete -c capf -n "__fish_capf_using_subcommand set; and not __fish_seen_subcommand_from keep_alive keep-alive" -f -a "keep-alive" -d 'Set how often a waiting phone\'s connection is kept alive'
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep_alive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand set; and __fish_seen_subcommand_from keep-alive" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "add" -d 'Add phones'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "set" -d 'Schedule operations and change settings, for one phone or many'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "show" -d 'Show one phone whole'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "find" -d 'Find and list phones'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "renew" -d 'Renew LSCs before they expire'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "reset" -d 'Have phones reset by their call agent'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "remove" -d 'Remove phones'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "import" -d 'Add phones from a CSV file, with their state'
complete -c capf -n "__fish_capf_using_subcommand phone; and not __fish_seen_subcommand_from add set show find renew reset remove import config" -f -a "config" -d 'Show what a phone\'s configuration file says of CAPF'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l operation -d 'Schedule this certificate operation' -r -f -a "none\t''
install\t''
delete\t''
troubleshoot\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l auth-mode -d 'How the phone has to prove who it is' -r -f -a "auth-string\t''
null-string\t''
lsc\t''
mic\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l auth-string -d 'The string of 4 to 10 digits that the phone\'s user enters, or `generate`' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l key-order -d 'Which kind of key the phone makes' -r -f -a "rsa-only\t''
ec-only\t''
ec-preferred\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l rsa-key-size -d 'The size of an RSA key in bits' -r -f -a "512\t''
1024\t''
2048\t''
3072\t''
4096\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l ec-key-size -d 'The size of an elliptic-curve key in bits' -r -f -a "256\t''
384\t''
521\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l completes-by -d 'The time by which the operation must complete' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l description -d 'What to write about the phone' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l model -d 'The device type, as it is to stand in the certificate\'s subject: CP-8861' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l security-profile -d 'The name of the phone\'s security profile' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l device-security-mode -d 'How the phone talks to its call agent' -r -f -a "non-secure\t''
authenticated\t''
encrypted\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l force -d 'Schedule Delete or Troubleshoot for phones, too, of which no certificate is known'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l reset -d 'Have the phones reset that have been changed, so that they come at once'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l where -d 'Only phones that meet this criterion; given several times, all of them (see `capf phone find`)' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l saved -d 'Only phones that meet the criteria of this saved search, too (see `capf saved-search`)' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l operation -d 'Schedule this certificate operation' -r -f -a "none\t''
install\t''
delete\t''
troubleshoot\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l auth-mode -d 'How the phone has to prove who it is' -r -f -a "auth-string\t''
null-string\t''
lsc\t''
mic\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l auth-string -d 'The string of 4 to 10 digits that the phone\'s user enters, or `generate`' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l key-order -d 'Which kind of key the phone makes' -r -f -a "rsa-only\t''
ec-only\t''
ec-preferred\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l rsa-key-size -d 'The size of an RSA key in bits' -r -f -a "512\t''
1024\t''
2048\t''
3072\t''
4096\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l ec-key-size -d 'The size of an elliptic-curve key in bits' -r -f -a "256\t''
384\t''
521\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l completes-by -d 'The time by which the operation must complete' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l description -d 'What to write about the phone' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l model -d 'The device type, as it is to stand in the certificate\'s subject: CP-8861' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l security-profile -d 'The name of the phone\'s security profile' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l device-security-mode -d 'How the phone talks to its call agent' -r -f -a "non-secure\t''
authenticated\t''
encrypted\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l all -d 'All phones'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l force -d 'Schedule Delete or Troubleshoot for phones, too, of which no certificate is known'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l reset -d 'Have the phones reset that have been changed, so that they come at once'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l where -d 'Only phones that meet this criterion; given several times, all of them (see `capf phone find`)' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l saved -d 'Only phones that meet the criteria of this saved search, too (see `capf saved-search`)' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l save -d 'Save the criteria under this name' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l sort -d 'Sort by this field' -r -f -a "device-name\t''
description\t''
device-type\t''
security-profile\t''
authentication-string\t''
authentication-mode\t''
lsc-status\t''
lsc-expires\t''
lsc-issued-by\t''
lsc-issuer-expires-by\t''
certificate-operation\t''
last-contact\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l page -d 'Show this page' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l rows -d 'Rows per page' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l columns -d 'Write these columns, in this order' -r -f -a "name\t''
description\t''
model\t''
security_profile\t''
device_security_mode\t''
authentication_mode\t''
authentication_string\t''
operation\t''
operation_status\t''
completes_by\t''
key_order\t''
rsa_key_size\t''
ec_key_size\t''
lsc_subject\t''
lsc_serial_number\t''
lsc_issued_by\t''
lsc_expires\t''
lsc_issuer_expires_by\t''
csr_state\t''
last_contact\t''
address\t''
lsc_certificate\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l authentication-strings -d 'Show the authentication strings, or write **** for each that is set' -r -f -a "show\t'Show them'
hide\t'Write **** in their place'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l delimiter -d 'What stands between the cells of CSV: one of these words, or the character itself' -r -f -a "comma\t'A comma'
semicolon\t'A semicolon, as spreadsheets expect it where the comma belongs to numbers'
tab\t'A tabulator'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l desc -d 'Sort downwards'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l all -d 'List every phone that is found, instead of a page'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l bom -d 'Begin CSV with a byte order mark, so that Excel reads it as UTF-8'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l verbatim -d 'Write text in CSV as it is, for programs'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from find" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l expires-within -d 'Renew LSCs that expire within this time: 90m, 36h, 60d' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l where -d 'Only phones that meet this criterion; given several times, all of them (see `capf phone find`)' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l saved -d 'Only phones that meet the criteria of this saved search, too (see `capf saved-search`)' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l batch -d 'Schedule no more phones than this at a time' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l every -d 'Go on with the next batch after this time: 10m, 2h, 1d' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l auth-mode -d 'How the phones have to prove who they are from now on' -r -f -a "auth-string\t''
null-string\t''
lsc\t''
mic\t''"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l reset -d 'Have the phones reset that have been changed, so that they come at once'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l dry-run -d 'Say what would be done, and do nothing'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from renew" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l where -d 'Only phones that meet this criterion; given several times, all of them (see `capf phone find`)' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l saved -d 'Only phones that meet the criteria of this saved search, too (see `capf saved-search`)' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l all -d 'All phones'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l dry-run -d 'Check the file, and add no phone'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l server -d 'A CAPF server, up to five of them' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone; and __fish_seen_subcommand_from config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -f -a "csv" -d 'Add phones from a CSV file, with their state'
complete -c capf -n "__fish_capf_using_subcommand migrate; and not __fish_seen_subcommand_from csv capfd" -f -a "capfd" -d 'Add the phones of a capfd'
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l dry-run -d 'Check the file, and add no phone'
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from csv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l dry-run -d 'Say what would be done, and add no phone'
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand migrate; and __fish_seen_subcommand_from capfd" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -f -a "list" -d 'List the saved searches'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -f -a "show" -d 'Show the criteria of a saved search, one to a line'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and not __fish_seen_subcommand_from list show delete" -f -a "delete" -d 'Delete saved searches'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand saved-search; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand report" -l where -d 'Only phones that meet this criterion; given several times, all of them (see `capf phone find`)' -r
complete -c capf -n "__fish_capf_using_subcommand report" -l saved -d 'Only phones that meet the criteria of this saved search, too (see `capf saved-search`)' -r
complete -c capf -n "__fish_capf_using_subcommand report" -l output -d 'Write the report to this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand report" -l columns -d 'Write these columns, in this order' -r -f -a "name\t''
description\t''
model\t''
security_profile\t''
device_security_mode\t''
authentication_mode\t''
authentication_string\t''
operation\t''
operation_status\t''
completes_by\t''
key_order\t''
rsa_key_size\t''
ec_key_size\t''
lsc_subject\t''
lsc_serial_number\t''
lsc_issued_by\t''
lsc_expires\t''
lsc_issuer_expires_by\t''
csr_state\t''
last_contact\t''
address\t''
lsc_certificate\t''"
complete -c capf -n "__fish_capf_using_subcommand report" -l authentication-strings -d 'Show the authentication strings, or write **** for each that is set' -r -f -a "show\t'Show them'
hide\t'Write **** in their place'"
complete -c capf -n "__fish_capf_using_subcommand report" -l delimiter -d 'What stands between the cells of CSV: one of these words, or the character itself' -r -f -a "comma\t'A comma'
semicolon\t'A semicolon, as spreadsheets expect it where the comma belongs to numbers'
tab\t'A tabulator'"
complete -c capf -n "__fish_capf_using_subcommand report" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand report" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand report" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand report" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand report" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand report" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand report" -l with-lsc -d 'Add the LSCs themselves'
complete -c capf -n "__fish_capf_using_subcommand report" -l bom -d 'Begin CSV with a byte order mark, so that Excel reads it as UTF-8'
complete -c capf -n "__fish_capf_using_subcommand report" -l verbatim -d 'Write text in CSV as it is, for programs'
complete -c capf -n "__fish_capf_using_subcommand report" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand report" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand check" -l warning -d 'Warn of LSCs that expire within this time' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l critical -d 'LSCs that expire within this time are critical' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l ignore-expired -d 'Leave out LSCs that expired longer ago than this' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l ca-warning -d 'Warn of the CAPF certificate and of trust anchors that expire within this time' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l ca-critical -d 'The CAPF certificate and trust anchors of LSCs that expire within this time are critical' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l csr-age -d 'Warn of CSRs that have waited longer than this for a certificate' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l failures-warning -d 'Warn where the last operation of more phones than this failed' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l failures-critical -d 'It is critical where the last operation of more phones than this failed' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l overdue-warning -d 'Warn where more operations than this are overdue' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l stale-warning -d 'Warn where there are more stale LSCs than this' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand check" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand check" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand check" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand check" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand check" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand check" -l service -d 'It is critical where no service runs on the data directory'
complete -c capf -n "__fish_capf_using_subcommand check" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand check" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand backup" -l encrypt-to -d 'Encrypt it to this age recipient' -r
complete -c capf -n "__fish_capf_using_subcommand backup" -l passphrase-file -d 'Encrypt it to the passphrase in the first line of this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand backup" -l keep -d 'Keep the N latest backups in the directory, and remove the older ones' -r
complete -c capf -n "__fish_capf_using_subcommand backup" -l user -d 'Log in to the server as this user' -r
complete -c capf -n "__fish_capf_using_subcommand backup" -l password -d 'Log in with this password' -r
complete -c capf -n "__fish_capf_using_subcommand backup" -l netrc -d 'Look up users and passwords in this netrc file' -r -F
complete -c capf -n "__fish_capf_using_subcommand backup" -l ca-file -d 'Trust the CAs in this file, for FTPS and HTTPS' -r -F
complete -c capf -n "__fish_capf_using_subcommand backup" -l known-hosts -d 'Look up the host keys of SFTP servers in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand backup" -l host-key -d 'Believe an SFTP server with this host key' -r
complete -c capf -n "__fish_capf_using_subcommand backup" -l key -d 'Log in to SFTP servers with the private key in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand backup" -l timeout -d 'Give up when the server has not answered for so many seconds' -r
complete -c capf -n "__fish_capf_using_subcommand backup" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand backup" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand backup" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand backup" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand backup" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand backup" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand backup" -l traces -d 'Back up the trace files, too'
complete -c capf -n "__fish_capf_using_subcommand backup" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand backup" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand backup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand restore" -l identity -d 'Decrypt it with a secret key in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l passphrase-file -d 'Decrypt it with the passphrase in the first line of this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l user -d 'Log in to the server as this user' -r
complete -c capf -n "__fish_capf_using_subcommand restore" -l password -d 'Log in with this password' -r
complete -c capf -n "__fish_capf_using_subcommand restore" -l netrc -d 'Look up users and passwords in this netrc file' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l ca-file -d 'Trust the CAs in this file, for FTPS and HTTPS' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l known-hosts -d 'Look up the host keys of SFTP servers in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l host-key -d 'Believe an SFTP server with this host key' -r
complete -c capf -n "__fish_capf_using_subcommand restore" -l key -d 'Log in to SFTP servers with the private key in this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l timeout -d 'Give up when the server has not answered for so many seconds' -r
complete -c capf -n "__fish_capf_using_subcommand restore" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand restore" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand restore" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand restore" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand restore" -l dry-run -d 'Verify the backup and show what is in it, and restore nothing'
complete -c capf -n "__fish_capf_using_subcommand restore" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand restore" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand restore" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand session; and not __fish_seen_subcommand_from list" -f -a "list" -d 'List the sessions now open, with their state'
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand session; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -f -a "list" -d 'List the nodes, and whether each is alive'
complete -c capf -n "__fish_capf_using_subcommand node; and not __fish_seen_subcommand_from list remove" -f -a "remove" -d 'Forget a dead node'
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand node; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand store; and not __fish_seen_subcommand_from copy" -f -a "copy" -d 'Copy the whole database into another, from SQLite to PostgreSQL or back'
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand store; and __fish_seen_subcommand_from copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -f -a "list" -d 'List all parameters with their values'
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -f -a "show" -d 'Show one parameter: its value, what it means and takes, and when a change takes effect'
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -f -a "set" -d 'Set one or more parameters'
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -f -a "reset" -d 'Give parameters their defaults back'
complete -c capf -n "__fish_capf_using_subcommand parameter; and not __fish_seen_subcommand_from list show set reset history" -f -a "history" -d 'Show who changed parameters, when, from what and to what'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l rows -d 'Show no more than so many changes' -r
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand parameter; and __fish_seen_subcommand_from history" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -f -a "follow" -d 'Show traces as they are written, until Ctrl-C'
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -f -a "list" -d 'List the traces'
complete -c capf -n "__fish_capf_using_subcommand trace; and not __fish_seen_subcommand_from follow list show" -f -a "show" -d 'Show a trace'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l device -d 'Those of this phone alone; may be repeated' -r
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l failed -d 'Only sessions that failed, or came to no end'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from follow" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trace; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -f -a "list" -d 'List the certificates that are trusted'
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -f -a "show" -d 'Show a certificate that is trusted, and what rests on it'
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -f -a "import" -d 'Trust the CAs in these files'
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -f -a "remove" -d 'Trust a CA no longer'
complete -c capf -n "__fish_capf_using_subcommand trust; and not __fish_seen_subcommand_from list show import remove crl" -f -a "crl" -d 'Certificate revocation lists (CRLs) of the CAs that are trusted'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l expiring -d 'Only those that expire within this time, as `90d` or `6mo`, or have expired' -r
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l purpose -d 'What they are trusted for' -r -f -a "capf\t''
manufacturing\t''"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l other-capf -d 'Trust the LSCs of another CAPF, whose certificate this is'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -f -a "list" -d 'List the revocation lists that are honoured'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -f -a "import" -d 'Honour the revocation lists in these files'
complete -c capf -n "__fish_capf_using_subcommand trust; and __fish_seen_subcommand_from crl" -f -a "remove" -d 'Forget a revocation list'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -f -a "show" -d 'Show the CAPF certificate'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -f -a "export" -d 'Write the CAPF certificate to standard output, or into a directory'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -f -a "regenerate" -d 'Make a new CAPF certificate with a new key'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -f -a "csr" -d 'Write a request by which another CA signs the CAPF certificate'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -f -a "import" -d 'Take the CAPF certificate that another CA signed'
complete -c capf -n "__fish_capf_using_subcommand ca; and not __fish_seen_subcommand_from show export regenerate csr import passphrase" -f -a "passphrase" -d 'Set, change or remove the passphrase of the CAPF key'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l directory -d 'Write the files into this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l der -d 'Write DER'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l chain -d 'Write the certificates of the CAs above it, too'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l key -d 'The new key' -r -f -a "rsa2048\t'What every phone can deal with'
rsa3072\t'Slower on old phones'
rsa4096\t'Slower still'
ec256\t'P-256, for phones that know ECDSA'
ec384\t'P-384, for phones that know ECDSA'
ec521\t'P-521, for phones that know ECDSA'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l days -d 'How many days the new certificate is valid' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l subject -d 'Whose the new certificate is: C, O, OU, ST and L, of which O must be there' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from regenerate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l output -d 'Write to this file, and not to standard output' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l new-key -d 'Make a new key' -r -f -a "rsa2048\t'What every phone can deal with'
rsa3072\t'Slower on old phones'
rsa4096\t'Slower still'
ec256\t'P-256, for phones that know ECDSA'
ec384\t'P-384, for phones that know ECDSA'
ec521\t'P-521, for phones that know ECDSA'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l subject -d 'Whose the certificate is to be, as for `capf ca regenerate`' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from csr" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l new-file -d 'Read the new passphrase from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l remove -d 'Keep the key in the clear'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ca; and __fish_seen_subcommand_from passphrase" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -f -a "show" -d 'Show what is in a CTL or ITL file'
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -f -a "verify" -d 'Verify that phones which hold a CTL or ITL file believe this CAPF'
complete -c capf -n "__fish_capf_using_subcommand ctl; and not __fish_seen_subcommand_from show verify build" -f -a "build" -d 'Build a CTL or ITL file'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l signer-cert -d 'The certificate of the token that signs the file, in PEM or DER' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l signer-key -d 'The private key of that token, in PEM without a passphrase' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l record -d 'Trust another certificate, in PEM or DER, in this role' -r
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l host -d 'The name or the address of this CAPF server' -r
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l hash -d 'Sign with this hash' -r -f -a "sha-1\t''
sha-256\t''
sha-512\t''"
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l file-name -d 'The name that stands in the file; by default that of the file' -r
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand ctl; and __fish_seen_subcommand_from build" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l server -d 'The server\'s address; may be repeated' -r
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l ip-mode -d 'The phones\' IP mode' -r -f -a "dual-stack\t''
ipv4\t''
ipv6\t''"
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l ip-addresses -d 'The IP addresses that the phones have' -r -f -a "both\t''
ipv4\t''
ipv6\t''"
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l ca -d 'Believe no server but the one with this certificate, or one that it issued' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l auth-mode -d 'The authentication mode that the phones\' configuration file says' -r -f -a "auth-string\t''
null-string\t''
lsc\t''
mic\t''"
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l auth-string -d 'The string that the phones\' user enters' -r
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l lsc -d 'The LSC that the phones have, with its private key, in one PEM file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l mic -d 'The MIC that the phones have, with its private key, in one PEM file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l state-dir -d 'Keep what phones remember in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l jobs -d 'Have no more than this many phones connected at a time' -r
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l retries -d 'Try again this often after a communication failure, as a real phone does' -r
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l retry-interval -d 'Wait this long before trying again, unless the server says how long' -r
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l key-delay -d 'Take this much longer to make a key' -r
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l press-stop -d 'Have the user press Stop: at first-request, key (the default), storing, or after SECONDS' -r
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l no-tftp -d 'Have the phones load no configuration file, and use the mode in their flash'
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l legacy -d 'Be phones of the 7900 series, which know TLS 1.0 alone'
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l softphone -d 'Be softphones, which speak version 2 of the protocol and send neither a string nor a proof'
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l no-ec -d 'Know no keys on elliptic curves'
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l refuse -d 'Refuse to store a certificate'
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand phone-sim" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand shell" -l file -d 'Take the lines of this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand shell" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand shell" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand shell" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand shell" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand shell" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand shell" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand shell" -l keep-going -d 'Run the lines behind one that fails, too'
complete -c capf -n "__fish_capf_using_subcommand shell" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand shell" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -f -a "man" -d 'Write the man pages into a directory'
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -f -a "completions" -d 'Write a shell\'s completions to standard output'
complete -c capf -n "__fish_capf_using_subcommand util; and not __fish_seen_subcommand_from man completions link" -f -a "link" -d 'Make the link `utils`, under which capf takes Unified CM\'s commands'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -l config -d 'Read settings from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -l data-dir -d 'Keep everything in this directory' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -l store -d 'Use this database' -r
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -l ca-passphrase-file -d 'Read the passphrase of the CAPF key from this file' -r -F
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -l format -d 'Write the result in this format' -r -f -a "table\t'For people'
json\t'For programs: an object, or an array of objects'
jsonl\t'For programs: an object on each line'
csv\t'For spreadsheets, with Cisco\'s labels in the first line'
html\t'For a browser and for paper: `capf report` alone'"
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -l color -d 'Use colour' -r -f -a "auto\t'On a terminal'
always\t'Always'
never\t'Never'"
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -l quiet -d 'Write nothing but the result, warnings and errors'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -l yes -d 'Answer yes to every question'
complete -c capf -n "__fish_capf_using_subcommand util; and __fish_seen_subcommand_from link" -s h -l help -d 'Print help (see more with \'--help\')'
