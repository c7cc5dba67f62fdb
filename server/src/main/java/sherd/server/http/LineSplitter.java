package sherd.server.http;

import io.netty.buffer.ByteBuf;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** Cuts a stream of chunks at every line feed, outside the heap. A carriage return is a byte like any other. */
final class LineSplitter implements AutoCloseable {
    /** Takes one line, without its line feed; the memory is valid during the call only. */
    @FunctionalInterface
    interface Lines {
        void line(long number, long address, int length);
    }

    private static final int FIRST_BYTES = 4096;
    private static final int SPAN = 64 << 10;

    private final Lines lines;
    /** The start of a line whose end has not come. */
    private final Region rest;
    /** For chunks that lie on the heap. */
    private final Region copied;

    private long restBytes;
    private long number;

    LineSplitter(MemoryBudget budget, Lines lines) {
        this.lines = lines;
        this.rest = new Region(budget, MemoryBudget.Purpose.NETWORK, FIRST_BYTES);
        this.copied = new Region(budget, MemoryBudget.Purpose.NETWORK, FIRST_BYTES);
    }

    void add(ByteBuf chunk) {
        if (chunk.hasMemoryAddress()) {
            split(chunk.memoryAddress() + chunk.readerIndex(), chunk.readableBytes());
            return;
        }
        for (int from = chunk.readerIndex(); from < chunk.writerIndex(); from += SPAN) {
            int span = Math.min(SPAN, chunk.writerIndex() - from);
            copied.ensure(span);
            chunk.getBytes(from, OffHeap.buffer(copied.address(), span));
            split(copied.address(), span);
        }
    }

    /** A last line without a line feed counts. */
    void end() {
        if (restBytes > 0) {
            long bytes = restBytes;
            restBytes = 0;
            lines.line(++number, rest.address(), (int) bytes);
        }
    }

    private void split(long address, int length) {
        long at = address;
        long end = address + length;
        for (long feed = next(at, end); feed < end; feed = next(at, end)) {
            if (restBytes > 0) {
                keep(at, feed - at);
                long bytes = restBytes;
                restBytes = 0;
                lines.line(++number, rest.address(), (int) bytes);
            } else {
                lines.line(++number, at, (int) (feed - at));
            }
            at = feed + 1;
        }
        keep(at, end - at);
    }

    private void keep(long address, long length) {
        rest.ensure(restBytes + length);
        OffHeap.copy(address, rest.address() + restBytes, length);
        restBytes += length;
    }

    /** Address of the next line feed, or {@code end}. */
    private static long next(long from, long end) {
        long at = from;
        for (; at + 8 <= end; at += 8) {
            long word = OffHeap.getLong(at) ^ 0x0A0A0A0A0A0A0A0AL;
            long hit = (word - 0x0101010101010101L) & ~word & 0x8080808080808080L;
            if (hit != 0) {
                return at + (Long.numberOfTrailingZeros(hit) >>> 3);
            }
        }
        while (at < end && OffHeap.getByte(at) != '\n') {
            at++;
        }
        return at;
    }

    @Override
    public void close() {
        rest.close();
        copied.close();
    }
}
