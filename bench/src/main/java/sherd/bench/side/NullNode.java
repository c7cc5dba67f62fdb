package sherd.bench.side;

import java.nio.file.Path;
import sherd.server.config.HostPort;

/** A {@link NullServer} in a process of its own. */
public final class NullNode extends Side {
    public static final String NAME = "null";

    private NullNode(Child child) {
        super(NAME, child);
    }

    public static NullNode start(Path folder) {
        return new NullNode(Child.start(
                Jvm.command(NullServer.class.getName()),
                folder.resolve("null.err"),
                line -> line.startsWith(NullServer.READY)));
    }

    @Override
    public HostPort resp() {
        var address = readyLine().substring(NullServer.READY.length());
        int colon = address.lastIndexOf(':');
        return new HostPort(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }
}
