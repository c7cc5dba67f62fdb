package sherd.engine.archive.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.LongPredicate;
import sherd.engine.archive.file.ByteSource;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Failures;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.error.ErrorCode;

/** Finds the rows of a key hash. Holds the filter and each page's first hash; a lookup reads a page. Thread-safe. */
public final class KeyReader {
    /** Takes candidate rows until it has enough. */
    public interface Candidates {
        /** True to see more. */
        boolean row(long row);
    }

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final CheckedFile file;
    private final KeyTable.Parts parts;
    private final KeyFilter filter;
    private final long[] firsts;

    public KeyReader(CheckedFile file, KeyTable.Parts parts, ReadStats stats) {
        this.file = file;
        this.parts = parts;
        if (parts.pages().length() != KeyLayout.pages(parts.keys()) * KeyLayout.PAGE
                || parts.firsts().length() != KeyLayout.pages(parts.keys()) * 8) {
            throw Failures.corruptSegment(file.name(), parts.pages().offset(), "pages of another number of keys");
        }
        var firstBytes = file.readChecked(parts.firsts(), stats);
        firsts = new long[firstBytes.length / 8];
        for (int i = 0; i < firsts.length; i++) {
            firsts[i] = (long) LONG.get(firstBytes, i * 8);
        }
        var filterBytes = file.readChecked(parts.filter(), stats);
        filter = KeyFilter.read(
                new ByteSource(filterBytes, 0, filterBytes.length, ErrorCode.CORRUPT_SEGMENT, file.name()));
    }

    /** The filter alone, from its bytes. */
    public static LongPredicate filter(byte[] bytes, String file) {
        var source = new ByteSource(bytes, 0, bytes.length, ErrorCode.CORRUPT_SEGMENT, file);
        return KeyFilter.read(source)::mayContain;
    }

    public int keys() {
        return parts.keys();
    }

    /** Bytes held in memory. */
    public long heldBytes() {
        return firsts.length * 8L + parts.filter().length();
    }

    public boolean mayContain(long hash) {
        return filter.mayContain(hash);
    }

    /** The filter alone, which outlives the file. */
    public LongPredicate filter() {
        return filter::mayContain;
    }

    /** Shows the rows whose key has this hash. */
    public void candidates(long hash, Candidates candidates, ReadStats stats) {
        if (firsts.length == 0) {
            return;
        }
        int page = firstPage(hash);
        for (; page < firsts.length && Long.compareUnsigned(firsts[page], hash) <= 0; page++) {
            var bytes = page(page, stats);
            int count = pageKeys(page);
            for (int i = lowerBound(bytes, count, hash); i < count; i++) {
                if ((long) LONG.get(bytes, i * KeyLayout.ENTRY) != hash) {
                    return;
                }
                if (!candidates.row((int) INT.get(bytes, i * KeyLayout.ENTRY + 8) & 0xFFFF_FFFFL)) {
                    return;
                }
            }
        }
    }

    /** Shows every key hash with its row, sorted. */
    public void forEach(Visitor visitor, ReadStats stats) {
        for (int page = 0; page < firsts.length; page++) {
            var bytes = page(page, stats);
            for (int i = 0; i < pageKeys(page); i++) {
                visitor.key(
                        (long) LONG.get(bytes, i * KeyLayout.ENTRY),
                        (int) INT.get(bytes, i * KeyLayout.ENTRY + 8) & 0xFFFF_FFFFL);
            }
        }
    }

    /** Takes every key. */
    public interface Visitor {
        void key(long hash, long row);
    }

    /** The last page that starts below the hash: equal hashes may begin on it and run on. */
    private int firstPage(long hash) {
        int low = 0;
        int high = firsts.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Long.compareUnsigned(firsts[middle], hash) < 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static int lowerBound(byte[] page, int count, long hash) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned((long) LONG.get(page, middle * KeyLayout.ENTRY), hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private int pageKeys(int page) {
        return Math.min(KeyLayout.PAGE_KEYS, parts.keys() - page * KeyLayout.PAGE_KEYS);
    }

    private byte[] page(int page, ReadStats stats) {
        long offset = parts.pages().offset() + (long) page * KeyLayout.PAGE;
        var bytes = file.read(offset, KeyLayout.PAGE, stats);
        if (CheckedFile.crc(bytes, 0, KeyLayout.PAGE_CRC) != (int) INT.get(bytes, KeyLayout.PAGE_CRC)) {
            throw Failures.corruptSegment(file.name(), offset, "checksum of a page of keys differs");
        }
        return bytes;
    }
}
