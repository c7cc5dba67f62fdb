package sherd.engine.archive.file;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;
import sherd.engine.disk.Mappings;
import sherd.engine.disk.SendableFile;

/**
 * Reads a published file: from its mapping if it has one, else at its place. Thread-safe.
 *
 * <p>A page is touched for the first time by a read, which waits in the system; a fault in a mapping would hold up the
 * next stop of all threads as long as the device takes. What is copied is the caller's to check and no longer changes;
 * what is left {@linkplain #lasting in place} may turn into anything when somebody cuts the file, so a reader of it asks
 * {@link #requireWhole} before it believes what it found.
 */
public final class CheckedFile implements AutoCloseable {
    private static final int PAGE_BITS = 12;
    private static final int STEP = 64 << 10;
    /** A buffer that nobody uses at the moment; there is one for all files. */
    private static final AtomicReference<byte @Nullable []> SPARE = new AtomicReference<>();

    private final DiskFile file;
    private final String name;
    private final long size;
    private final Mappings.@Nullable Mapping mapping;
    /** The pages that were read since the file was opened; of a mapped file only. */
    private final Marks touched;
    /** The last bytes of the file while it is being opened, so that opening is one read. */
    private volatile byte[] tail = {};

    private CheckedFile(DiskFile file, String name, long size, Mappings.@Nullable Mapping mapping) {
        this.file = file;
        this.name = name;
        this.size = size;
        this.mapping = mapping;
        this.touched = new Marks(mapping == null ? 0 : (size >>> PAGE_BITS) + 1);
    }

    /** Opens a file that is read at its place. */
    public static CheckedFile open(Disk disk, String name) {
        return open(disk, name, null);
    }

    /** Opens a file and maps it if that can be. */
    public static CheckedFile open(Disk disk, String name, @Nullable Mappings mappings) {
        try {
            if (!disk.exists(name)) {
                throw Failures.corruptSegment(name, 0, "the file is not there");
            }
            var file = disk.open(name);
            long size = file.size();
            return new CheckedFile(file, name, size, mappings == null ? null : mappings.map(file, size));
        } catch (IOException e) {
            throw Failures.reading(name, e);
        }
    }

    /** A file that is not in the data folder, of a length that is known. */
    public static CheckedFile of(DiskFile file, String name, long size) {
        return new CheckedFile(file, name, size, null);
    }

    public String name() {
        return name;
    }

    public long size() {
        return size;
    }

    public boolean isMapped() {
        return mapping != null;
    }

    /** Memory that this takes. */
    public long heldBytes() {
        return touched.heldBytes();
    }

    /** Fetches the end of the file; reads within it are answered from memory until {@link #dropTail}. */
    public void loadTail(int length, ReadStats stats) {
        int kept = (int) Math.min(length, size);
        tail = read(size - kept, kept, stats);
    }

    public void dropTail() {
        tail = new byte[0];
    }

    /** Bytes as they are; whoever asks checks them. */
    public byte[] read(long offset, long length, ReadStats stats) {
        requireRange(offset, length);
        if (length > Integer.MAX_VALUE - 16) {
            throw beyond(offset, length);
        }
        var bytes = new byte[(int) length];
        var end = tail;
        if (offset >= size - end.length) {
            System.arraycopy(end, (int) (offset - (size - end.length)), bytes, 0, bytes.length);
            return bytes;
        }
        read(offset, bytes, bytes.length);
        stats.add(length);
        return bytes;
    }

    private void requireRange(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw beyond(offset, length);
        }
    }

    private RuntimeException beyond(long offset, long length) {
        return Failures.corruptSegment(name, offset, "a range beyond the file: length=" + length);
    }

    private void read(long offset, byte[] target, int length) {
        var mapped = mapping;
        if (mapped == null) {
            fetch(offset, target, length);
            return;
        }
        int first = (int) (offset >>> PAGE_BITS);
        int last = (int) ((offset + length - 1) >>> PAGE_BITS);
        if (touched.hasAll(first, last)) {
            copy(mapped.bytes(), offset, target, length);
            return;
        }
        fetch(offset, target, length);
        for (int page = first; page <= last; page++) {
            touched.set(page);
        }
    }

    private void fetch(long offset, byte[] target, int length) {
        try {
            if (file.read(ByteBuffer.wrap(target, 0, length), offset) != length) {
                throw cut(offset, null);
            }
        } catch (IOException e) {
            throw Failures.reading(name, e);
        }
    }

    private void copy(MemorySegment source, long offset, byte[] target, int length) {
        try {
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, target, 0, length);
            Mappings.settle();
        } catch (InternalError e) {
            throw cut(offset, e);
        }
    }

    private RuntimeException cut(long offset, @Nullable Throwable cause) {
        var problem = Failures.corruptSegment(name, offset, "the file was cut while open");
        if (cause != null) {
            problem.addSuppressed(cause);
        }
        return problem;
    }

    public byte[] readChecked(Extent extent, ReadStats stats) {
        var bytes = read(extent.offset(), extent.length(), stats);
        if (crc(bytes, 0, bytes.length) != extent.crc()) {
            throw differs(extent);
        }
        return bytes;
    }

    /** The same into a buffer that has room for it. */
    public void readChecked(Extent extent, byte[] target, ReadStats stats) {
        requireRange(extent.offset(), extent.length());
        int length = Math.toIntExact(extent.length());
        read(extent.offset(), target, length);
        stats.add(length);
        if (crc(target, 0, length) != extent.crc()) {
            throw differs(extent);
        }
    }

    /** Reads a range through a small buffer and compares its checksum, so that it may be read in place from now on. */
    public void check(Extent extent, ReadStats stats) {
        requireRange(extent.offset(), extent.length());
        var spare = SPARE.getAndSet(null);
        var buffer = spare == null ? new byte[STEP] : spare;
        var crc = new CRC32C();
        for (long at = 0; at < extent.length(); at += STEP) {
            int step = (int) Math.min(STEP, extent.length() - at);
            read(extent.offset() + at, buffer, step);
            crc.update(buffer, 0, step);
        }
        SPARE.set(buffer);
        stats.add(extent.length());
        if ((int) crc.getValue() != extent.crc()) {
            throw differs(extent);
        }
    }

    private RuntimeException differs(Extent extent) {
        return Failures.corruptSegment(name, extent.offset(), "checksum differs: length=" + extent.length());
    }

    /** Bytes that were read before: in the mapping if there is one, else read once more. */
    public KeptBytes keep(long offset, long length, ReadStats stats) {
        var mapped = mapping;
        if (mapped == null) {
            return KeptBytes.of(read(offset, length, stats), 0, (int) length);
        }
        requireRange(offset, length);
        stats.add(length);
        return new KeptBytes(mapped.bytes().asSlice(offset, length));
    }

    /** What was just read, to be kept: the mapping of it if there is one, else the copy. */
    public KeptBytes lasting(long offset, byte[] copy) {
        return mapping == null ? KeptBytes.of(copy, 0, copy.length) : keep(offset, copy.length, new ReadStats());
    }

    /** Fails if the file was cut since it was opened: what was read in place before may then be anything. */
    public void requireWhole() {
        if (mapping == null) {
            return;
        }
        try {
            // Asking is a call into the system, so an error that waits comes before the answer.
            requireSize();
            Mappings.settle();
        } catch (InternalError e) {
            throw cut(size, e);
        }
    }

    /** Fails if the file is shorter or longer than when it was opened. */
    public void requireSize() {
        try {
            if (file.size() != size) {
                throw cut(size, null);
            }
        } catch (IOException e) {
            throw Failures.reading(name, e);
        }
    }

    /** For sending without copying, while this is open. */
    public Optional<SendableFile> sendable() {
        return file.sendable();
    }

    /** Whether a range is in memory, so that who reads it waits for no device; false if nobody knows. Touches nothing. */
    public boolean isResident(long offset, long length) {
        return mapping != null && mapping.bytes().asSlice(offset, length).isLoaded();
    }

    /** Waits until the system has a range in memory. */
    public void bring(long offset, long length) {
        requireRange(offset, length);
        var spare = SPARE.getAndSet(null);
        var buffer = spare == null ? new byte[STEP] : spare;
        for (long at = 0; at < length; at += STEP) {
            fetch(offset + at, buffer, (int) Math.min(STEP, length - at));
        }
        SPARE.set(buffer);
    }

    /** Fills a buffer with bytes as they are, which nobody is expected to want again soon. */
    public void readOnce(long offset, ByteBuffer target) {
        int length = target.remaining();
        requireRange(offset, length);
        try {
            if (file.readOnce(target, offset) != length) {
                throw cut(offset, null);
            }
        } catch (IOException e) {
            throw Failures.reading(name, e);
        }
    }

    public static int crc(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    @Override
    public void close() {
        if (mapping != null) {
            mapping.letGo();
        }
        try {
            file.close();
        } catch (IOException e) {
            throw Failures.reading(name, e);
        }
    }
}
