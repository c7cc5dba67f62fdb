package sherd.server.http;

import java.util.concurrent.atomic.AtomicLongArray;
import sherd.server.observe.Histogram;

/** What one loop counts of the requests it answers: written by its thread only, read by any. */
@SuppressWarnings("EnumOrdinal") // a cell per verb
final class HttpFigures {
    private final Histogram requests = new Histogram();
    private final AtomicLongArray operations = new AtomicLongArray(GatewayOp.Verb.values().length);

    void request(long nanos) {
        requests.record(nanos, 1);
    }

    /** An operation of a batch. */
    void operation(GatewayOp.Verb verb) {
        int cell = verb.ordinal();
        operations.setOpaque(cell, operations.getPlain(cell) + 1);
    }

    long operations(GatewayOp.Verb verb) {
        return operations.getOpaque(verb.ordinal());
    }

    Histogram requests() {
        return requests;
    }
}
