package sherd.server.resp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.route.Session;

/**
 * What one connection has between WATCH or MULTI and EXEC: copies of watched keys with the stamps their rows had, and
 * copies of queued commands. Bounded, and paid for from the memory limit.
 */
final class Transaction implements AutoCloseable {
    static final int MAX_BYTES = 1 << 29;

    private static final int MAX_COMMANDS = 1 << 20;
    private static final int MAX_WATCHED = 1 << 16;
    private static final byte[] QUEUED = {'+', 'Q', 'U', 'E', 'U', 'E', 'D', '\r', '\n'};

    private final MemoryBudget budget;
    private @Nullable Region memory;
    private int used;

    private boolean open;
    private boolean broken;
    private boolean writes;
    private final List<CommandSpec> specs = new ArrayList<>();
    private int[] counts = {};
    private int[] lengths = {};
    private int words;

    private int[] watchedAt = {};
    private int[] watchedLength = {};
    private long[] watchedStamp = {};
    private int watched;

    Transaction(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Between MULTI and EXEC. */
    boolean open() {
        return open;
    }

    /** Whether a command was refused, so that EXEC must be. */
    boolean broken() {
        return broken;
    }

    boolean writes() {
        return writes;
    }

    int commands() {
        return specs.size();
    }

    /** Of the queued commands' words, and of the keys being watched. */
    int bytes() {
        return used;
    }

    int watchedKeys() {
        return watched;
    }

    void start() {
        open = true;
    }

    /** Takes a command sent while open: queues it, or runs it if it is about the transaction itself. */
    void offer(Call call, @Nullable CommandSpec spec) {
        if (spec == null) {
            broken = true;
            call.reply.error(AbsentCommands.unknown(call));
        } else if (!spec.acceptsCount(call.count())) {
            broken = true;
            call.wrongCount();
        } else if (spec.has(CommandSpec.UNQUEUED)) {
            call.loop.invoke(spec);
        } else {
            queue(call, spec);
        }
    }

    private void queue(Call call, CommandSpec spec) {
        long bytes = 0;
        for (int i = 0; i < call.count(); i++) {
            bytes += call.length(i);
        }
        if (specs.size() == MAX_COMMANDS || !room(bytes)) {
            broken = true;
            call.reply.error("OOM no memory to queue the command: bytes=" + bytes + "; send a smaller transaction");
            return;
        }
        if (specs.size() == counts.length) {
            counts = Arrays.copyOf(counts, Math.max(16, counts.length * 2));
        }
        counts[specs.size()] = call.count();
        if (words + call.count() > lengths.length) {
            lengths = Arrays.copyOf(lengths, Math.max(lengths.length * 2, words + call.count() + 32));
        }
        for (int i = 0; i < call.count(); i++) {
            lengths[words++] = call.length(i);
            copy(call.address(i), call.length(i));
        }
        specs.add(spec);
        writes |= spec.write();
        call.reply.raw(QUEUED);
    }

    /** Remembers the row that is current in the session; false when too much is watched. */
    boolean watch(Session session, long key, int length) {
        if (watched == MAX_WATCHED || !room(length)) {
            return false;
        }
        if (watched == watchedAt.length) {
            int room = Math.max(4, watched * 2);
            watchedAt = Arrays.copyOf(watchedAt, room);
            watchedLength = Arrays.copyOf(watchedLength, room);
            watchedStamp = Arrays.copyOf(watchedStamp, room);
        }
        watchedAt[watched] = used;
        watchedLength[watched] = length;
        watchedStamp[watched++] = session.stamp();
        copy(key, length);
        return true;
    }

    /** Puts the queued commands into a batch; its slices are good until the transaction ends. */
    void fill(Batch batch) {
        batch.clear();
        long at = base();
        for (int i = 0; i < watched; i++) {
            at = Math.max(at, base() + watchedAt[i] + watchedLength[i]); // watched before anything was queued
        }
        int word = 0;
        for (int i = 0; i < specs.size(); i++) {
            for (int k = 0; k < counts[i]; k++) {
                batch.argument(at, lengths[word]);
                at += lengths[word++];
            }
            batch.command(specs.get(i), 0);
        }
    }

    void addWatched(Session session) {
        for (int i = 0; i < watched; i++) {
            session.addKey(base() + watchedAt[i], watchedLength[i]);
        }
    }

    /** Whether every watched row is as it was; with its key locked. */
    boolean unchanged(Session session) {
        for (int i = 0; i < watched; i++) {
            session.seek(base() + watchedAt[i], watchedLength[i]);
            if (session.stamp() != watchedStamp[i]) {
                return false;
            }
        }
        return true;
    }

    /** Forgets the queue and what is watched. */
    void end() {
        open = false;
        broken = false;
        writes = false;
        specs.clear();
        words = 0;
        counts = new int[0];
        lengths = new int[0];
        unwatch();
    }

    void unwatch() {
        watched = 0;
        if (!open) {
            used = 0;
            if (memory != null) {
                memory.close();
                memory = null;
            }
        }
    }

    @Override
    public void close() {
        end();
    }

    private long base() {
        return memory == null ? 0 : memory.address();
    }

    private boolean room(long bytes) {
        long end = used + bytes;
        long have = memory == null ? 0 : memory.capacity();
        if (end <= have) {
            return true;
        }
        long wanted = Math.max(Math.max(256, have * 2), end);
        if (end > MAX_BYTES || !budget.tryReserve(MemoryBudget.Purpose.NETWORK, wanted)) {
            return false;
        }
        budget.release(MemoryBudget.Purpose.NETWORK, wanted);
        if (memory == null) {
            memory = new Region(budget, MemoryBudget.Purpose.NETWORK, wanted);
        } else {
            memory.ensure(end);
        }
        return true;
    }

    private void copy(long address, int length) {
        OffHeap.copy(address, base() + used, length);
        used += length;
    }
}
