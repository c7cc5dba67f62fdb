package sherd.server.net;

import io.netty.channel.uring.IoUring;
import org.junit.jupiter.api.Assumptions;
import sherd.server.config.Transport;

/** Which transports tests can use here: systems that keep programs apart often forbid io_uring. */
public final class Transports {
    private Transports() {}

    public static void assumeAvailable(Transport transport) {
        Assumptions.assumeTrue(transport != Transport.IO_URING || IoUring.isAvailable());
    }
}
