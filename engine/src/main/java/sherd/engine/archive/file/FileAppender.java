package sherd.engine.archive.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.zip.CRC32C;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/**
 * Writes a new file from front to back through one buffer, summing what passes: a CRC32C per part, and a digest
 * over the parts that want one. Bytes already written may be patched before the file is published.
 */
public final class FileAppender implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int MAX_DIRECT = 64 << 20;
    private static final byte[] ZEROS = new byte[1024];

    private final DiskFile file;
    private final String name;
    private final Region region;
    private final ByteBuffer buffer;
    private final CRC32C memberCrc = new CRC32C();
    private final CRC32C partCrc = new CRC32C();
    private final MessageDigest digest;
    private boolean digesting;
    private long flushed;

    public FileAppender(DiskFile file, String name, MessageDigest digest, MemoryBudget budget) {
        this.file = file;
        this.name = name;
        this.digest = digest;
        this.region = new Region(budget, MemoryBudget.Purpose.COLUMNS, BUFFER_BYTES);
        this.buffer = OffHeap.buffer(region.address(), BUFFER_BYTES);
    }

    public long position() {
        return flushed + buffer.position();
    }

    /** Starts the sum of a member; {@code digested} if its bytes go into the digest too. */
    public void startMember(boolean digested) {
        memberCrc.reset();
        digesting = digested;
    }

    public int memberCrc() {
        return (int) memberCrc.getValue();
    }

    /** Starts the sum of a part of a member. */
    public void startPart() {
        partCrc.reset();
    }

    public int partCrc() {
        return (int) partCrc.getValue();
    }

    public void put(byte[] source) {
        put(source, 0, source.length);
    }

    public void put(byte[] source, int offset, int length) {
        memberCrc.update(source, offset, length);
        partCrc.update(source, offset, length);
        if (digesting) {
            digest.update(source, offset, length);
        }
        int done = 0;
        while (done < length) {
            int step = Math.min(length - done, room());
            buffer.put(source, offset + done, step);
            done += step;
        }
    }

    /** Native bytes; long runs bypass the buffer. */
    public void put(long address, long length) {
        long done = 0;
        while (done < length) {
            int step = (int) Math.min(length - done, MAX_DIRECT);
            if (step < BUFFER_BYTES / 2) {
                if (step > buffer.remaining()) {
                    flush();
                }
                int at = buffer.position();
                OffHeap.copy(address + done, region.address() + at, step);
                buffer.position(at + step);
                sum(region.view(at, step), at);
            } else {
                var view = OffHeap.buffer(address + done, step);
                sum(view, 0);
                flush();
                write(view, flushed);
                flushed += step;
            }
            done += step;
        }
    }

    public void zeros(int count) {
        for (int left = count; left > 0; left -= ZEROS.length) {
            put(ZEROS, 0, Math.min(left, ZEROS.length));
        }
    }

    /** Pads with zeros until the position is {@code remainder} modulo {@code multiple}. */
    public void padTo(int multiple, int remainder) {
        int gap = (int) Math.floorMod(remainder - position(), (long) multiple);
        if (gap > 0) {
            zeros(gap);
        }
    }

    /** Replaces bytes written before; sums taken before do not know. */
    public void patch(long offset, byte[] bytes) {
        flush();
        write(ByteBuffer.wrap(bytes), offset);
    }

    public void flush() {
        if (buffer.position() > 0) {
            buffer.flip();
            int length = buffer.remaining();
            write(buffer, flushed);
            flushed += length;
            buffer.clear();
        }
    }

    public void sync() {
        flush();
        try {
            file.sync();
        } catch (IOException e) {
            throw Failures.writing(name, e);
        }
    }

    @Override
    public void close() {
        region.close();
        try {
            file.close();
        } catch (IOException e) {
            throw Failures.writing(name, e);
        }
    }

    /** Of a view from {@code start} on, and sets it back there. */
    private void sum(ByteBuffer view, int start) {
        memberCrc.update(view);
        partCrc.update(view.position(start));
        if (digesting) {
            digest.update(view.position(start));
        }
        view.position(start);
    }

    private int room() {
        if (!buffer.hasRemaining()) {
            flush();
        }
        return buffer.remaining();
    }

    private void write(ByteBuffer source, long offset) {
        try {
            file.write(source, offset);
        } catch (IOException e) {
            throw Failures.writing(name, e);
        }
    }
}
