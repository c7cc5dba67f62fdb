package sherd.server.resp;

import java.util.concurrent.atomic.LongAdder;

/** What INFO counts. */
final class RespStats {
    final LongAdder commands = new LongAdder();
    final LongAdder connections = new LongAdder();
    final LongAdder refused = new LongAdder();
    /** Turns after which a writer had to wait, since memory was nearly full. */
    final LongAdder slowed = new LongAdder();
}
