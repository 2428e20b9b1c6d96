"""What weakens a sandbox that works: fixed sentences, each with a code for words in any language."""

WEAKER = "it is weaker than bubblewrap: sockets that are files can be reached, what is protected is put back; install bubblewrap"
OLD_BUBBLEWRAP = "bubblewrap is older than 0.8: folders in memory have no limit of size"
ROOT = "Artelier runs as root: limits on the number of processes are enforced by looking, not by the kernel; use a user of its own"
CONTAINER_ROOT = "it runs as root: set `user: 10001`"
MORE_RIGHTS = "programs may gain rights: set `security_opt: [no-new-privileges:true]`"
CAPABILITIES = "it has capabilities: set `cap_drop: [ALL]`"
WRITABLE = "its own files can be written: set `read_only: true` with a tmpfs on /tmp"
NO_PROXY = 'sandbox.network is "proxy", and there is no proxy here: commands have no network'

CODES = {
    WEAKER: "weaker",
    OLD_BUBBLEWRAP: "old_bubblewrap",
    ROOT: "root",
    CONTAINER_ROOT: "container_root",
    MORE_RIGHTS: "more_rights",
    CAPABILITIES: "capabilities",
    WRITABLE: "writable",
    NO_PROXY: "no_proxy",
}
