package sherd.engine.table;

import java.util.Arrays;
import sherd.engine.index.KeyIndex;
import sherd.engine.memory.RecordHeap;

/** What a walk has met that is to be removed or moved. Reused from walk to walk. */
final class Tidying implements KeyIndex.Visitor {
    private long[] records = new long[64];
    private int count;
    private long now;
    private boolean settling;
    private final RecordHeap heap;

    Tidying(RecordHeap heap) {
        this.heap = heap;
    }

    void begin(long time) {
        count = 0;
        now = time;
        settling = heap.wasteful();
    }

    /** Whether records are moved in this walk. */
    boolean settles() {
        return settling;
    }

    @Override
    public void record(long record) {
        if (RecordStore.isExpired(record, now) || settles(record)) {
            if (count == records.length) {
                records = Arrays.copyOf(records, count * 2);
            }
            records[count++] = record;
        }
    }

    private boolean settles(long record) {
        return settling && heap.sparse(record, RecordLayout.bytes(record));
    }

    int count() {
        return count;
    }

    long record(int index) {
        return records[index];
    }
}
