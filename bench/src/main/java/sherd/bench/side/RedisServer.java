package sherd.bench.side;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import sherd.server.config.HostPort;

/** Debian's redis-server on a free port. */
public final class RedisServer extends Side {
    public static final String NAME = "redis";

    private static final Pattern SAVES = Pattern.compile("rdb_saves:(\\d+)");

    private final HostPort address;

    private RedisServer(Child child, HostPort address) {
        super(NAME, child);
        this.address = address;
    }

    /** How much of what it accepts Redis writes down, beside the sync policy that promises the same. */
    public enum Persistence {
        /** Nothing. */
        OFF("--appendonly no"),
        EVERY_SECOND("--appendonly yes --appendfsync everysec"),
        ALWAYS("--appendonly yes --appendfsync always"),
        /** Written, and left to the operating system to sync. */
        SYSTEM("--appendonly yes --appendfsync no");

        private final String options;

        Persistence(String options) {
            this.options = options;
        }

        /** As Redis' configuration says it. */
        public String text() {
            return options.replace("--", "");
        }
    }

    /** Snapshots by itself are off: their fork would come at a time of its own. So are rewrites of the log. */
    public static RedisServer start(Path folder, Persistence persistence) {
        int port = FreePort.find();
        var command = new ArrayList<>(List.of(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                folder.toString(),
                "--auto-aof-rewrite-percentage",
                "0"));
        command.addAll(List.of(persistence.options.split(" ", -1)));
        var errors = folder.resolveSibling(folder.getFileName() + ".err");
        return new RedisServer(
                Child.start(command, errors, line -> line.contains("Ready to accept connections")),
                new HostPort("127.0.0.1", port));
    }

    /** Starts to write a snapshot in a child process; while there is one already, does nothing. */
    public void saveInBackground() {
        call("BGSAVE");
    }

    /** Those that it has written since its start. */
    public long snapshots() {
        var found = SAVES.matcher(call("INFO", "persistence"));
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    @Override
    public HostPort resp() {
        return address;
    }
}
