package sherd.server.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import sherd.engine.memory.MemoryBudget;

/** Files on their way to clients, on all connections: few at once, since each keeps a file open. */
final class Sends {
    static final int MOST = 64;

    private final AtomicInteger now = new AtomicInteger();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder copiedBytes = new LongAdder();

    /** One more, until {@link #end}, with memory for a step of it. */
    void begin(MemoryBudget budget) {
        if (now.incrementAndGet() > MOST) {
            now.decrementAndGet();
            throw new RefusedException(Problem.of(
                            503,
                            "TOO_MANY_DOWNLOADS",
                            "too many segments are being sent: limit=" + MOST + "; try again later")
                    .header("retry-after", "5"));
        }
        boolean reserved = false;
        try {
            budget.reserve(MemoryBudget.Purpose.NETWORK, Sending.CHUNK);
            reserved = true;
        } finally {
            if (!reserved) {
                now.decrementAndGet();
            }
        }
    }

    void end(MemoryBudget budget) {
        budget.release(MemoryBudget.Purpose.NETWORK, Sending.CHUNK);
        now.decrementAndGet();
    }

    void sent(long bytes, boolean copied) {
        (copied ? copiedBytes : sentBytes).add(bytes);
    }

    int now() {
        return now.get();
    }

    /** By the system from its cache. */
    long sentBytes() {
        return sentBytes.sum();
    }

    long copiedBytes() {
        return copiedBytes.sum();
    }
}
