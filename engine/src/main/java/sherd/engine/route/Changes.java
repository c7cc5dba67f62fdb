package sherd.engine.route;

import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationBatch;
import sherd.engine.command.MutationLayout;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.log.CommitLog;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.table.RecordStore;

/** What a unit of work has changed, until it goes to the commit log as one batch. */
final class Changes implements AutoCloseable {
    private final CommitLog log;
    private final MutationBatch mutations;
    /** The end of the batch, if that is a value which is where the log wants it already. */
    private @Nullable StagedValue ending;
    /** A value that may be put, and where it was copied from. */
    private @Nullable StagedValue staged;

    private long stagedSource;

    Changes(CommitLog log, MemoryBudget budget) {
        this.log = log;
        mutations = new MutationBatch(budget);
    }

    boolean isEmpty() {
        return mutations.isEmpty();
    }

    /** Where the next changes are added: whose rows they are about, and the time of the write in epoch seconds. */
    MutationBatch about(int tableId, int shardId, int writtenSeconds) {
        if (ending != null) {
            throw new StoreException(ErrorCode.INTERNAL_INVARIANT, "a change after one that ends its unit of work");
        }
        mutations.target(tableId, shardId, writtenSeconds);
        return mutations;
    }

    /** Adds a row whole, as the store has it. */
    void whole(Kind kind, long key, int keyLength, long value, int length, int count, RecordStore of) {
        int dots = of.otherDots();
        mutations.put(kind, key, keyLength, value, length, count, of.expiresAt(), of.counter(), dots);
        if (dots > 0) {
            of.copyDots(MutationLayout.dot(mutations.last(), 0));
        }
    }

    void stage(@Nullable StagedValue value, long source) {
        staged = value;
        stagedSource = source;
    }

    /** What was copied from there, once; null if nothing was. */
    @Nullable
    StagedValue takeStaged(long source, int length) {
        var taken = staged;
        if (taken == null || source != stagedSource || length != taken.length()) {
            return null;
        }
        staged = null;
        return taken;
    }

    /** Adds a string whose value is staged, as the only change; false if it must be added {@link #whole}. */
    boolean staged(StagedValue value, long key, int keyLength, RecordStore of) {
        if (!mutations.isEmpty() || of.otherDots() > 0) {
            return false;
        }
        mutations.putHead(Kind.STRING, key, keyLength, value.length(), of.expiresAt(), of.counter());
        if (!StagedValue.fitsHead(mutations.bytes(), keyLength)) {
            mutations.clear();
            return false;
        }
        ending = value;
        return true;
    }

    /** Appends them to the log; the LSN to wait for, or 0 if there are none. */
    long append() {
        try {
            if (mutations.isEmpty()) {
                return 0;
            }
            return ending == null
                    ? log.append(mutations.address(), mutations.bytes())
                    : log.append(mutations.address(), mutations.bytes(), ending.tail());
        } catch (StoreException e) {
            throw new StoreException(
                    ErrorCode.IN_DOUBT,
                    "the write is in memory but not in the commit log (" + e.getMessage()
                            + "); it may be lost at a restart: read it again before you rely on it",
                    e);
        } finally {
            mutations.clear();
            ending = null;
        }
    }

    @Override
    public void close() {
        mutations.close();
    }
}
