package sherd.bench.side;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import sherd.bench.frame.BenchException;

/** For servers that cannot choose one themselves and say which. */
final class FreePort {
    private FreePort() {}

    static int find() {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new BenchException("no free port: " + e, e);
        }
    }
}
