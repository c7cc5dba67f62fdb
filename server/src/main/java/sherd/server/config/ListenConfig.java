package sherd.server.config;

/**
 * Where the doors are.
 *
 * @param threads I/O threads; 0 means one per core
 * @param transport how they talk to the kernel
 */
public record ListenConfig(HostPort resp, HostPort http, HostPort grpc, int threads, Transport transport)
        implements Section {
    private static final int MAX_THREADS = 1024;

    @Override
    public void check(Check check) {
        check.that(!http.clashesWith(resp), "http", "another port than listen.resp", "choose one that is free, or 0");
        check.that(
                !grpc.clashesWith(resp) && !grpc.clashesWith(http),
                "grpc",
                "another port than listen.resp and listen.http",
                "choose one that is free, or 0");
        check.that(
                threads >= 0 && threads <= MAX_THREADS,
                "threads",
                "from 0 to " + MAX_THREADS,
                "write 0 for one thread per core");
    }
}
