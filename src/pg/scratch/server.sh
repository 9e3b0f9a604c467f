# Supervises one throwaway PostgreSQL server. server.rs runs it from a file in the server's folder, in its own process
# group.
#
#   $1 the server's folder, $2 the folder of the binaries, $3… further arguments for postgres
#   SUPERUSER the superuser's name; MEMORY_KIB the address space of each process, if it is limited
#   ARCHIVES not empty: the data folder is unpacked from template.tar, or packed into it for the next server
#
# Standard input is a pipe from the owner. Its first line is the superuser's password, as PostgreSQL stores it. Each
# further one starts the server (the line is the port) or, while the server runs, stops it (the line is anything). The
# end of input means that the owner has closed it or is dead, for whatever reason: then the server ends at once and its
# folder is removed. Standard output reports what happened, standard error is the log.

folder=$1 bin=$2
shift 2
# Only the pipe ends this script: neither Ctrl-C, nor a service manager that signals all processes, nor the owner's
# death in the middle of an answer.
trap '' HUP INT TERM PIPE
exec 3<&0

# No other user may read rows of a rehearsal and copies of a schema, not in a core dump either.
umask 077
ulimit -c 0

# Every client needs the password, over the socket too: other processes of this user could open it. It is sent in clear
# to our own child: SCRAM would take as long as the rest of a short session.
read -r verifier <&3

# The data folder of an earlier server, which gets our password before anything listens.
unpack() {
    tar -xf "$folder/template.tar" -C "$folder" >&2 </dev/null 3<&- \
        && printf "alter role \"%s\" password '%s'\n" "$SUPERUSER" "$verifier" \
        | "$bin/postgres" --single -D "$folder/data" -c fsync=off template1 >/dev/null 2>&1 3<&-
}

create() {
    rm -rf "$folder/data" "$folder/template.tar"
    printf '%s\n' "$verifier" | "$bin/initdb" -D "$folder/data" -U "$SUPERUSER" -E UTF8 --locale=C --auth=password \
        --pwfile=/dev/stdin --wal-segsize=1 --no-sync --no-instructions >&2 3<&- || return
    # The owner moves it away. If it cannot be made, the next server runs initdb, too.
    [ -z "$ARCHIVES" ] || tar -cf "$folder/template.tar" -C "$folder" data >&2 </dev/null 3<&- \
        || rm -f "$folder/template.tar"
}

if [ -f "$folder/template.tar" ] && unpack; then
    rm -f "$folder/template.tar"
    echo created
elif create; then
    echo created
else
    echo failed
fi

# Not supported by every system.
[ -z "$MEMORY_KIB" ] || ulimit -v "$MEMORY_KIB" 2>/dev/null

while read -r port <&3; do
    "$bin/postgres" -D "$folder/data" -p "$port" -k "$folder" "$@" >&2 </dev/null 3<&- &
    server=$!
    # A line means a fast shutdown, the end of input an immediate one. A stopped process handles it only after SIGCONT.
    (
        if read -r _ <&3; then how=INT; else how=QUIT; fi
        kill -$how $server
        kill -CONT $server
    ) 2>/dev/null &
    watcher=$!
    echo "started $server"
    wait $server
    # First of all, because the number of a dead process may be reused.
    kill -KILL $watcher 2>/dev/null
    wait $watcher 2>/dev/null
    echo exited
done

# Backends whose postmaster was killed may still be writing.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf "$folder" 2>/dev/null && break
    sleep 0.2
done
