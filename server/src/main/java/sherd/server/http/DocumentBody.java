package sherd.server.http;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** Collects a body of bounded length outside the heap, within the memory limit, and hands it over whole. */
final class DocumentBody implements Body {
    private static final int FIRST_BYTES = 1024;

    /** Takes the collected bytes over, and closes them. */
    @FunctionalInterface
    interface Taker {
        void take(Region bytes, int length);
    }

    private final MemoryBudget budget;
    private final String what;
    private final int limit;
    private final Taker taker;
    private @Nullable Region bytes;
    private int length;

    private DocumentBody(Exchange exchange, String what, int limit, Taker taker) {
        exchange.requireLength(what, limit);
        this.budget = exchange.budget();
        this.what = what;
        this.limit = limit;
        this.taker = taker;
    }

    /** One JSON document. */
    static Body json(Exchange exchange, Consumer<byte[]> whenComplete) {
        return document(exchange, "JSON document", exchange.limits().documentBytes(), whenComplete);
    }

    /** Bytes that fit the heap, named for messages. */
    static Body document(Exchange exchange, String what, int limit, Consumer<byte[]> whenComplete) {
        return new DocumentBody(exchange, what, limit, (bytes, length) -> {
            byte[] document;
            try (bytes) {
                document = OffHeap.toArray(bytes.address(), length);
            }
            whenComplete.accept(document);
        });
    }

    /** Bytes as they are, which need not fit the heap. */
    static Body raw(Exchange exchange, Taker whenComplete) {
        return new DocumentBody(exchange, "value", exchange.limits().batchBytes(), whenComplete);
    }

    @Override
    public void data(ByteBuf chunk) {
        int more = chunk.readableBytes();
        if (length > limit - more) {
            throw Problem.tooLarge(what, limit);
        }
        var region = collected();
        ensure(budget, region, length + (long) more);
        chunk.getBytes(chunk.readerIndex(), OffHeap.buffer(region.address() + length, more));
        length += more;
    }

    private Region collected() {
        var region = bytes;
        if (region == null) {
            region = new Region(budget, MemoryBudget.Purpose.NETWORK, FIRST_BYTES);
            bytes = region;
        }
        return region;
    }

    @Override
    public void end() {
        var whole = collected();
        bytes = null;
        taker.take(whole, length);
    }

    @Override
    public void abandon() {
        if (bytes != null) {
            bytes.close();
            bytes = null;
        }
    }

    /** Grows a buffer that holds a client's bytes, unless memory is full. */
    static void ensure(MemoryBudget budget, Region region, long bytes) {
        if (bytes > region.capacity() && !budget.hasRoom(bytes)) {
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY,
                    "no memory for this body: bytes=" + bytes + " used=" + budget.usedBytes() + " limit="
                            + budget.limitBytes() + "; send less at a time, archive, or raise memory-limit");
        }
        region.ensure(bytes);
    }
}
