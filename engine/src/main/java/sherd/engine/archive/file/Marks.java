package sherd.engine.archive.file;

import java.util.concurrent.atomic.AtomicLongArray;

/** Bits that are set once. Thread-safe; who races may see a bit too late, never too early. */
public final class Marks {
    private final AtomicLongArray words;

    public Marks(long bits) {
        words = new AtomicLongArray(Math.toIntExact((bits + 63) >>> 6));
    }

    public boolean has(int bit) {
        return (words.getAcquire(bit >>> 6) >>> bit & 1) != 0;
    }

    public void set(int bit) {
        if (!has(bit)) {
            words.getAndUpdate(bit >>> 6, word -> word | 1L << bit);
        }
    }

    /** Whether all bits from {@code first} to {@code last} are set. */
    boolean hasAll(int first, int last) {
        for (int bit = first; bit <= last; bit++) {
            if (!has(bit)) {
                return false;
            }
        }
        return true;
    }

    /** Memory that this takes. */
    public long heldBytes() {
        return words.length() * 8L;
    }
}
