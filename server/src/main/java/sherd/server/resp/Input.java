package sherd.server.resp;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.MemoryBudget.Purpose;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** What a client has sent and was not executed yet. Holds no memory while there is nothing. */
final class Input implements AutoCloseable {
    private static final int MAX_BYTES = 1 << 30;
    private static final int LEAST_BYTES = 1024;
    /** So little is taken without asking: the client of a node that is full may still ask for something. */
    private static final int UNASKED = 256 << 10;

    private final MemoryBudget budget;
    private @Nullable Region region;
    private int start;
    private int end;

    Input(MemoryBudget budget) {
        this.budget = budget;
    }

    boolean isEmpty() {
        return region == null;
    }

    int length() {
        return end - start;
    }

    /** Good until more is added. */
    long address() {
        if (region == null) {
            throw new IllegalStateException("no input");
        }
        return region.address() + start;
    }

    /** Adds bytes of a buffer; null, or why that cannot be. What is announced is not allocated before it comes. */
    @Nullable
    String add(ByteBuf buffer, int index, int length) {
        long wanted = Math.max((long) length() + length, LEAST_BYTES);
        if (wanted > MAX_BYTES) {
            return "ERR request is too large: bytes=" + wanted + " limit=" + MAX_BYTES + "; send it in parts";
        }
        var memory = region;
        if (memory == null) {
            if (!room(wanted)) {
                return noRoom(wanted);
            }
            memory = new Region(budget, Purpose.NETWORK, wanted);
            region = memory;
        } else if (end + (long) length > memory.capacity()) {
            moveToFront(memory);
            if (wanted > memory.capacity() && !room(memory.grown(wanted))) {
                return noRoom(wanted);
            }
            memory.ensure(wanted);
        }
        buffer.getBytes(index, OffHeap.buffer(memory.address() + end, length));
        end += length;
        return null;
    }

    private void moveToFront(Region memory) {
        if (start > 0) {
            OffHeap.copy(memory.address() + start, memory.address(), length());
            end -= start;
            start = 0;
        }
    }

    private boolean room(long capacity) {
        if (capacity > UNASKED) {
            if (!budget.tryReserve(Purpose.NETWORK, capacity)) {
                return false;
            }
            budget.release(Purpose.NETWORK, capacity); // the region reserves for itself
        }
        return true;
    }

    private static String noRoom(long bytes) {
        return "OOM command not allowed when used memory > 'maxmemory'. no memory to receive it: bytes=" + bytes
                + "; raise memory-limit or send less at once";
    }

    /** Forgets that many bytes at the front. */
    void consume(int bytes) {
        start += bytes;
        if (start == end) {
            close();
        }
    }

    @Override
    public void close() {
        if (region != null) {
            region.close();
            region = null;
        }
        start = 0;
        end = 0;
    }
}
