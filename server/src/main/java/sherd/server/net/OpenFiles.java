package sherd.server.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files and sockets the system lets this process have open; the JVM has raised the soft limit to the hard one. */
public final class OpenFiles {
    /** For segments, the commit log, jars and whatever else is no connection. */
    public static final int OTHERS = 512;

    private static final int LEAST = 16;

    private OpenFiles() {}

    public static long limit() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    /** What is left for connections. */
    public static long forConnections() {
        return Math.max(LEAST, limit() - OTHERS);
    }
}
