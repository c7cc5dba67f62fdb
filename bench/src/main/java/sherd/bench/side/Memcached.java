package sherd.bench.side;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sherd.bench.load.Dialect;
import sherd.server.config.HostPort;

/** Debian's memcached on a free port. It keeps nothing on disk, and is here for reference. */
public final class Memcached extends Side {
    public static final String NAME = "memcached";

    private final HostPort address;

    private Memcached(Child child, HostPort address) {
        super(NAME, child);
        this.address = address;
    }

    /** A thread a core, as a node has. */
    public static Memcached start(Path folder, int megabytes) {
        var address = new HostPort("127.0.0.1", FreePort.find());
        var command = new ArrayList<>(List.of(NAME, "-l", address.host(), "-p", Integer.toString(address.port())));
        command.addAll(List.of("-U", "0", "-m", Integer.toString(megabytes)));
        command.addAll(List.of("-t", Integer.toString(Runtime.getRuntime().availableProcessors())));
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", "root"));
        }
        var errors = folder.resolveSibling(folder.getFileName() + ".err");
        return new Memcached(Child.start(command, errors, address), address);
    }

    @Override
    public Dialect dialect() {
        return Dialect.MEMCACHED;
    }

    @Override
    public HostPort resp() {
        return address;
    }
}
