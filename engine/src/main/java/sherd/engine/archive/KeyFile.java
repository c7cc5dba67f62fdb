package sherd.engine.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongPredicate;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.index.KeyReader;
import sherd.engine.disk.Disk;
import sherd.engine.error.StoreException;

/**
 * The key filter of a segment whose file went: a start, and a command on a key that is new, need not ask object storage
 * whether the segment has it. The filter as it is in the segment, then a CRC32C of it (int).
 */
public final class KeyFile {
    private static final String SEGMENT = ".tar";
    private static final String SUFFIX = ".keys";
    private static final String TEMPORARY = ".tmp";
    private static final int CRC_BYTES = 4;

    private KeyFile() {}

    /** A filter that was read. */
    record Filter(LongPredicate keys, long bytes) {}

    /** Its name in the data folder. */
    public static String name(SegmentMeta meta) {
        return meta.file().substring(0, meta.file().length() - SEGMENT.length()) + SUFFIX;
    }

    /** Durable when this returns. */
    static void write(Disk disk, SegmentMeta meta, byte[] filter) {
        var name = name(meta);
        var buffer = ByteBuffer.allocate(filter.length + CRC_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(filter)
                .putInt(CheckedFile.crc(filter, 0, filter.length))
                .flip();
        try {
            disk.delete(name + TEMPORARY);
            try (var file = disk.create(name + TEMPORARY)) {
                file.write(buffer, 0);
                file.sync();
            }
            disk.rename(name + TEMPORARY, name);
            disk.syncFolder(name.substring(0, name.lastIndexOf('/')));
        } catch (IOException e) {
            throw Failures.writing(name, e);
        }
    }

    /** Empty if it is not there as it was written: the filter is in the segment too. */
    static Optional<Filter> read(Disk disk, SegmentMeta meta) {
        var name = name(meta);
        try {
            if (!disk.exists(name)) {
                return Optional.empty();
            }
            try (var file = disk.open(name)) {
                var bytes = ByteBuffer.allocate((int) Math.min(file.size(), Integer.MAX_VALUE - 16))
                        .order(ByteOrder.LITTLE_ENDIAN);
                int got = file.read(bytes, 0);
                if (got < CRC_BYTES
                        || bytes.getInt(got - CRC_BYTES) != CheckedFile.crc(bytes.array(), 0, got - CRC_BYTES)) {
                    return Optional.empty();
                }
                var filter = Arrays.copyOf(bytes.array(), got - CRC_BYTES);
                return Optional.of(new Filter(KeyReader.filter(filter, name), filter.length));
            }
        } catch (IOException e) {
            throw Failures.reading(name, e);
        } catch (StoreException _) {
            return Optional.empty();
        }
    }

    /** Whether it is there as it was written. */
    public static boolean isSound(Disk disk, SegmentMeta meta) {
        return read(disk, meta).isPresent();
    }
}
