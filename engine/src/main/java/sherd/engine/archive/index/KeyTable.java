package sherd.engine.archive.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;

/** Key hashes while a segment is written, as entries of {@link KeyLayout}. The row of a key is the number it was added as. */
public final class KeyTable implements AutoCloseable {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int FIRST_ENTRIES = 512;
    private static final int DIGIT_BITS = 8;
    private static final int DIGITS = 1 << DIGIT_BITS;

    /** Where the parts went; pages carry their own checksums, so their extent has none. */
    public record Parts(Extent pages, Extent firsts, Extent filter, int keys) {
        public static final Parts NONE = new Parts(Extent.NONE, Extent.NONE, Extent.NONE, 0);
    }

    private final MemoryBudget budget;
    private Region entries;
    private int count;

    public KeyTable(MemoryBudget budget) {
        this.budget = budget;
        this.entries = room(FIRST_ENTRIES);
    }

    private Region room(long count) {
        return new Region(budget, MemoryBudget.Purpose.INDEX, Math.max(1, count) * KeyLayout.ENTRY);
    }

    /** Rows only grow. */
    public void add(long hash, int row) {
        entries.ensure((count + 1L) * KeyLayout.ENTRY);
        long at = entry(count++);
        OffHeap.putLong(at, hash);
        OffHeap.putInt(at + 8, row);
    }

    private long entry(long index) {
        return entries.address() + index * KeyLayout.ENTRY;
    }

    public Parts write(FileAppender out) {
        sort();
        long start = out.position();
        var page = new byte[KeyLayout.PAGE];
        for (int first = 0; first < count; first += KeyLayout.PAGE_KEYS) {
            int bytes = Math.min(KeyLayout.PAGE_KEYS, count - first) * KeyLayout.ENTRY;
            OffHeap.copy(entry(first), page, 0, bytes);
            Arrays.fill(page, bytes, KeyLayout.PAGE_CRC, (byte) 0);
            INT.set(page, KeyLayout.PAGE_CRC, CheckedFile.crc(page, 0, KeyLayout.PAGE_CRC));
            out.put(page);
        }
        var pages = new Extent(start, out.position() - start, 0);
        long firstsStart = out.position();
        out.startPart();
        for (int first = 0; first < count; first += KeyLayout.PAGE_KEYS) {
            out.put(entry(first), 8);
        }
        var firsts = new Extent(firstsStart, out.position() - firstsStart, out.partCrc());
        int distinct = dropEqual();
        long filterStart = out.position();
        out.startPart();
        KeyFilter.write(entries.address(), KeyLayout.ENTRY, distinct, KeyFilter.NARROW, out, budget);
        return new Parts(pages, firsts, new Extent(filterStart, out.position() - filterStart, out.partCrc()), count);
    }

    /** By hash, unsigned, digit by digit from the lowest; stable, so equal hashes stay in the order of their rows. */
    private void sort() {
        var counts = new int[Long.SIZE / DIGIT_BITS][DIGITS];
        for (int i = 0; i < count; i++) {
            long hash = OffHeap.getLong(entry(i));
            for (var ofDigit : counts) {
                ofDigit[(int) hash & (DIGITS - 1)]++;
                hash >>>= DIGIT_BITS;
            }
        }
        var sorted = room(count);
        for (int digit = 0; digit < counts.length; digit++) {
            var places = placesOf(counts[digit]);
            for (int i = 0; i < count; i++) {
                long at = entry(i);
                long hash = OffHeap.getLong(at);
                int value = (int) (hash >>> (digit * DIGIT_BITS)) & (DIGITS - 1);
                long to = sorted.address() + (long) places[value]++ * KeyLayout.ENTRY;
                OffHeap.putLong(to, hash);
                OffHeap.putInt(to + 8, OffHeap.getInt(at + 8));
            }
            var before = entries;
            entries = sorted;
            sorted = before;
        }
        sorted.close();
    }

    private static int[] placesOf(int[] counts) {
        var places = new int[counts.length];
        for (int i = 1; i < counts.length; i++) {
            places[i] = places[i - 1] + counts[i - 1];
        }
        return places;
    }

    /** Leaves one entry of each hash at the front; returns how many. */
    private int dropEqual() {
        int distinct = 0;
        long last = 0;
        for (int i = 0; i < count; i++) {
            long hash = OffHeap.getLong(entry(i));
            if (i == 0 || hash != last) {
                OffHeap.putLong(entry(distinct++), hash);
            }
            last = hash;
        }
        return distinct;
    }

    @Override
    public void close() {
        entries.close();
    }
}
