package sherd.server.parquet;

import java.util.Arrays;
import sherd.engine.archive.file.ByteSink;

/** The different values of one column chunk, numbered as they come, up to a size. */
final class Dictionary {
    static final int FULL = -1;

    private static final int MOST_VALUES = 1 << 16;
    private static final int FIRST_SLOTS = 1 << 8;

    /** As a dictionary page has them: length (int) and bytes of each. */
    private final ByteSink values = new ByteSink();

    private final int mostBytes;
    private int[] starts = new int[FIRST_SLOTS];
    private int count;
    /** Number of a value, plus one, at the place its hash says or the next free one. */
    private int[] slots = new int[FIRST_SLOTS];

    ByteSink values() {
        return values;
    }

    /** @param mostBytes of all values together */
    Dictionary(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    int count() {
        return count;
    }

    /** The number of a value; {@link #FULL} if it is new and there is no room for it. */
    int number(byte[] bytes, int length) {
        int slot = slotOf(bytes, 0, length);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        if (count == MOST_VALUES || values.size() + Integer.BYTES + length > mostBytes) {
            return FULL;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
        }
        starts[count] = values.size();
        values.putInt(length);
        values.putBytes(bytes, 0, length);
        slots[slot] = ++count;
        if (2 * count > slots.length) {
            spread();
        }
        return count - 1;
    }

    private int slotOf(byte[] bytes, int offset, int length) {
        int slot = hash(bytes, offset, length) & slots.length - 1;
        while (slots[slot] != 0 && !has(slots[slot] - 1, bytes, offset, length)) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private boolean has(int number, byte[] bytes, int offset, int length) {
        int start = starts[number] + Integer.BYTES;
        int end = number + 1 < count ? starts[number + 1] : values.size();
        return Arrays.equals(values.array(), start, end, bytes, offset, offset + length);
    }

    private void spread() {
        slots = new int[2 * slots.length];
        for (int number = 0; number < count; number++) {
            int start = starts[number] + Integer.BYTES;
            int end = number + 1 < count ? starts[number + 1] : values.size();
            slots[slotOf(values.array(), start, end - start)] = number + 1;
        }
    }

    private static int hash(byte[] bytes, int offset, int length) {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash * 0x9E3779B9 >>> 8;
    }
}
