package sherd.server.resp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * The reply bytes of one turn, encoded for RESP2 or RESP3. Reused from turn to turn; its memory is handed to the
 * network only when it is large.
 */
final class Reply implements AutoCloseable {
    /** Nothing larger is ever owed to a client at once. */
    static final int MAX_BYTES = 1 << 30;

    private static final int KEPT_BYTES = 64 << 10;
    private static final int HEADER_BYTES = 24;
    private static final long OK = word("+OK\r\n");
    private static final long ZERO = word(":0\r\n");
    private static final long ONE = word(":1\r\n");
    private static final long NULL_2 = word("$-1\r\n");
    private static final long NULL_3 = word("_\r\n");
    private static final long NULL_ARRAY_2 = word("*-1\r\n");

    private static final short CRLF = '\n' << 8 | '\r';
    /** The lines before bulks of so many bytes. */
    private static final long[] SHORT_HEADERS = shortHeaders();

    private final MemoryBudget budget;
    private Region region;
    private int size;
    private boolean resp3;

    Reply(MemoryBudget budget) {
        this.budget = budget;
        this.region = fresh();
    }

    private Region fresh() {
        return new Region(budget, MemoryBudget.Purpose.NETWORK, KEPT_BYTES);
    }

    void clear() {
        size = 0;
        region.shrink(KEPT_BYTES);
    }

    void protocol(int version) {
        resp3 = version == 3;
    }

    boolean resp3() {
        return resp3;
    }

    int size() {
        return size;
    }

    long address() {
        return region.address();
    }

    /** Drops everything after {@code size}. */
    void truncate(int to) {
        size = to;
    }

    boolean large() {
        return size > KEPT_BYTES;
    }

    /** Gives the memory away and goes on with fresh memory. */
    Region detach() {
        var full = region;
        region = fresh();
        size = 0;
        return full;
    }

    /** The bytes in a buffer of their own. */
    ByteBuf copy(ByteBufAllocator allocator) {
        var bytes = allocator.directBuffer(size, size);
        if (bytes.hasMemoryAddress()) {
            OffHeap.copy(address(), bytes.memoryAddress(), size);
            return bytes.writerIndex(size);
        }
        return bytes.writeBytes(OffHeap.buffer(address(), size));
    }

    @Override
    public void close() {
        region.close();
    }

    private long reserve(int bytes) {
        long end = (long) size + bytes;
        if (end > region.capacity()) {
            grow(end);
        }
        return region.address() + size;
    }

    private void grow(long end) {
        if (end > MAX_BYTES) {
            throw new StoreException(
                    ErrorCode.TOO_LARGE,
                    "the reply is too large: bytes=" + end + " limit=" + MAX_BYTES + "; ask for less at once");
        }
        long wanted = region.grown(end);
        if (!budget.tryReserve(MemoryBudget.Purpose.NETWORK, wanted)) {
            throw new StoreException(
                    ErrorCode.OUT_OF_MEMORY,
                    "no memory for the reply: bytes=" + end + "; raise memory-limit or ask for less at once");
        }
        budget.release(MemoryBudget.Purpose.NETWORK, wanted);
        region.ensure(end);
    }

    private void put(long word, int length) {
        OffHeap.putLong(reserve(8), word);
        size += length;
    }

    void ok() {
        put(OK, 5);
    }

    void integer(long value) {
        if (value == 0) {
            put(ZERO, 4);
        } else if (value == 1) {
            put(ONE, 4);
        } else {
            header(':', value);
        }
    }

    void bool(boolean value) {
        put(value ? ONE : ZERO, 4);
    }

    void nil() {
        if (resp3) {
            put(NULL_3, 3);
        } else {
            put(NULL_2, 5);
        }
    }

    void nilArray() {
        if (resp3) {
            put(NULL_3, 3);
        } else {
            put(NULL_ARRAY_2, 5);
        }
    }

    void array(long elements) {
        header('*', elements);
    }

    void map(long entries) {
        if (resp3) {
            header('%', entries);
        } else {
            header('*', entries * 2);
        }
    }

    void set(long elements) {
        header(resp3 ? '~' : '*', elements);
    }

    private void header(char type, long value) {
        long at = reserve(HEADER_BYTES);
        OffHeap.putByte(at, (byte) type);
        int length = 1 + Numbers.put(at + 1, value);
        OffHeap.putByte(at + length, (byte) '\r');
        OffHeap.putByte(at + length + 1, (byte) '\n');
        size += length + 2;
    }

    void bulk(long address, int length) {
        long at = reserve(length + HEADER_BYTES);
        if (length < SHORT_HEADERS.length) {
            OffHeap.putLong(at, SHORT_HEADERS[length]);
            at += length < 10 ? 4 : length < 100 ? 5 : 6;
        } else {
            header('$', length);
            at = region.address() + size;
        }
        OffHeap.copy(address, at, length);
        OffHeap.putShort(at + length, CRLF);
        size = (int) (at - region.address()) + length + 2;
    }

    /** Of a bulk whose bytes, and what ends it, are sent by other means. */
    void bulkHeader(int length) {
        header('$', length);
    }

    void bulk(byte[] value) {
        reserve(value.length + HEADER_BYTES);
        header('$', value.length);
        raw(value);
        crlf();
    }

    void bulk(String value) {
        bulk(value.getBytes(StandardCharsets.UTF_8));
    }

    /** An integer as a bulk string. */
    void bulkInteger(long value) {
        header('$', Numbers.digits(value));
        size += Numbers.put(reserve(HEADER_BYTES), value);
        crlf();
    }

    /** Text for people: verbatim in RESP3. */
    void text(String value) {
        if (!resp3) {
            bulk(value);
            return;
        }
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        header('=', bytes.length + 4);
        raw("txt:".getBytes(StandardCharsets.US_ASCII));
        raw(bytes);
        crlf();
    }

    void status(String value) {
        raw(("+" + value + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    /** An error; the text starts with its prefix, such as {@code ERR}. */
    void error(String text) {
        raw(("-" + text.replace('\r', ' ').replace('\n', ' ') + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    void raw(byte[] bytes) {
        OffHeap.copy(bytes, 0, reserve(bytes.length), bytes.length);
        size += bytes.length;
    }

    void raw(long address, int length) {
        OffHeap.copy(address, reserve(length), length);
        size += length;
    }

    private void crlf() {
        OffHeap.putShort(reserve(2), CRLF);
        size += 2;
    }

    private static long[] shortHeaders() {
        var headers = new long[1000];
        for (int length = 0; length < headers.length; length++) {
            headers[length] = word("$" + length + "\r\n");
        }
        return headers;
    }

    private static long word(String text) {
        long word = 0;
        for (int i = 0; i < text.length(); i++) {
            word |= (long) text.charAt(i) << (8 * i);
        }
        return word;
    }
}
