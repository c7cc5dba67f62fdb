package sherd.server.resp;

import sherd.engine.memory.MemoryBudget;

/**
 * How long whoever writes waits before it is read from again, when memory is nearly full: archiving, which begins far
 * below, does not keep up then, or cannot help. Writers become slower before they are refused, so that there is time for
 * rows to leave; nobody else is held up.
 */
final class Slowdown {
    /** The share of the limit in use from which on writers wait. */
    static final double FROM = 0.95;

    static final long MOST_MILLIS = 20;

    private Slowdown() {}

    static long millis(MemoryBudget memory) {
        return millis(memory.usedBytes(), memory.limitBytes());
    }

    /** The square of how far in between it is, so that it begins gently. */
    static long millis(long used, long limit) {
        double full = ((double) used / limit - FROM) / (1 - FROM);
        return full <= 0 ? 0 : Math.max(1, Math.round(MOST_MILLIS * Math.min(1, full * full)));
    }
}
