package sherd.engine.log;

/** A batch with a chunk of its own, filled from its end. */
final class LongBatch implements LogTail {
    static final long MOST_BYTES = Integer.MAX_VALUE - (1 << 20);

    private final LogChunk chunk;
    private final int bytes;
    private boolean given;

    LongBatch(LogChunk chunk, int bytes) {
        this.chunk = chunk;
        this.bytes = bytes;
    }

    /** Of a chunk: with room for the padding that goes before a head shorter than it may be. */
    static long chunkBytes(int headBytes, int bytes) {
        return 2L * LogLayout.FRAME_HEADER_BYTES + LogLayout.BATCH_HEADER_BYTES + headBytes + bytes;
    }

    @Override
    public long address() {
        return chunk.tail(bytes);
    }

    int bytes() {
        return bytes;
    }

    /** The chunk with the whole batch; the head must not be longer than was said. */
    LogChunk complete(long head, int headBytes) {
        chunk.complete(head, headBytes, bytes);
        return chunk;
    }

    /** The chunk is the log's now. */
    void given() {
        given = true;
    }

    @Override
    public void close() {
        if (!given) {
            chunk.close();
        }
    }
}
