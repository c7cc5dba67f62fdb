package sherd.engine.column;

import sherd.engine.memory.OffHeap;

/**
 * Where the recent values of one variable column of a chunk are: rows by the hash of their value, so that an equal one can
 * share its bytes. Its memory is the chunk's.
 *
 * <p>What it says is a guess: rows may have been taken back since, or have another value of the same hash. Whoever asks
 * compares the values, so nothing is ever removed from here.
 *
 * <p>In a column whose values hardly repeat a look-up is for nothing. So each miss uses up trust and each find
 * restores some; once it is gone, nothing more is looked up or noted in this chunk.
 *
 * <pre>
 * a row's slot (int):  row (bits 0-15) | bits 16-31 of the hash
 * </pre>
 */
final class RecentValues {
    /** Slots that may have a value. */
    static final int WAYS = 4;

    private static final int LEAST_SLOTS = 64;
    private static final int ROWS_PER_SLOT = 8;
    private static final int MAX_ROWS = 1 << 16;

    /** As many different values in turn are found when they come again. */
    private static final int MOST_TRUST = 256;

    private static final int TRUST_PER_FIND = 8;

    private final long address;
    private final int mask;
    private int trust = MOST_TRUST;

    /** Over memory that is all zero: row 0 may have every value. */
    RecentValues(long address, int rowCapacity) {
        this.address = address;
        mask = slots(rowCapacity) - 1;
    }

    static long bytes(int rowCapacity) {
        return slots(rowCapacity) * 4L;
    }

    private static int slots(int rowCapacity) {
        return Integer.highestOneBit(Math.clamp(rowCapacity, LEAST_SLOTS * ROWS_PER_SLOT, MAX_ROWS) / ROWS_PER_SLOT);
    }

    boolean worthwhile() {
        return trust > 0;
    }

    /** A row that may have a value of that hash, or -1. */
    int candidate(long hash, int way) {
        int slot = OffHeap.getInt(slot(hash, way));
        return (slot ^ (int) hash) >>> 16 == 0 ? slot & 0xFFFF : -1;
    }

    /** The candidate was right: its value counts as of {@code row}, and so stays for longer. */
    void found(long hash, int way, int row) {
        trust = Math.min(MOST_TRUST, trust + TRUST_PER_FIND);
        put(hash, way, row);
    }

    /** Notes the value of a row in place of the one that is out of use for longest. */
    void missed(long hash, int row) {
        trust--;
        int oldest = 0;
        for (int way = 1; way < WAYS; way++) {
            if (rowAt(hash, way) < rowAt(hash, oldest)) {
                oldest = way;
            }
        }
        put(hash, oldest, row);
    }

    private int rowAt(long hash, int way) {
        return OffHeap.getInt(slot(hash, way)) & 0xFFFF;
    }

    private void put(long hash, int way, int row) {
        if (row < MAX_ROWS) {
            OffHeap.putInt(slot(hash, way), ((int) hash & 0xFFFF0000) | row);
        }
    }

    private long slot(long hash, int way) {
        return address + (((hash >>> 32) + way) & mask) * 4;
    }
}
