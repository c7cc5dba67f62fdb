package sherd.engine.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A file's bytes as programs see them and as they would be after power loss. Not thread-safe: the disk's lock guards
 * it.
 */
final class FaultFile {
    /** What is written whole or not at all. Smaller than any real device's, so that small files are torn in many ways. */
    private static final int SECTOR = 64;

    private byte[] live;
    private int liveSize;
    private byte[] durable;
    private int durableSize;
    private final List<Change> unsynced = new ArrayList<>();

    /** Changes that a failed sync has dropped: no later sync brings them back. */
    private final List<Change> dropped = new ArrayList<>();

    private sealed interface Change {}

    private record Cut(int size) implements Change {}

    private static final class Write implements Change {
        private final int offset;
        private final byte[] bytes;

        Write(int offset, byte[] bytes) {
            this.offset = offset;
            this.bytes = bytes;
        }
    }

    FaultFile(byte[] content) {
        this.live = content.clone();
        this.liveSize = content.length;
        this.durable = content.clone();
        this.durableSize = content.length;
    }

    int size() {
        return liveSize;
    }

    byte[] content() {
        return Arrays.copyOf(live, liveSize);
    }

    byte[] syncedContent() {
        return Arrays.copyOf(durable, durableSize);
    }

    void write(int offset, byte[] bytes) {
        unsynced.add(new Write(offset, bytes));
        live = put(live, offset, bytes);
        liveSize = Math.max(liveSize, offset + bytes.length);
    }

    void truncate(int size) {
        unsynced.add(new Cut(size));
        live = cut(live, size);
        liveSize = Math.min(liveSize, size);
    }

    void sync() {
        for (Change change : unsynced) {
            apply(change);
        }
        unsynced.clear();
    }

    void failSync() {
        dropped.addAll(unsynced);
        unsynced.clear();
    }

    void flip(int offset, int bit) {
        live[offset] ^= (byte) (1 << bit);
        if (offset < durableSize) {
            durable[offset] ^= (byte) (1 << bit);
        }
    }

    /** The durable bytes and an arbitrary part of the rest. */
    byte[] randomSurvivor(RandomGenerator random) {
        var copy = new FaultFile(syncedContent());
        var changes = new ArrayList<>(dropped);
        changes.addAll(unsynced);
        int kind = random.nextInt(4);
        int upTo = random.nextInt(changes.size() + 1);
        for (int i = 0; i < changes.size(); i++) {
            switch (kind) {
                case 0 -> copy.apply(changes.get(i));
                case 1 -> {
                    if (i < upTo) {
                        copy.apply(changes.get(i));
                    }
                }
                default -> copy.applySectors(changes.get(i), random);
            }
        }
        if (kind == 3 && copy.durableSize < liveSize) {
            // The size reached the disk and the bytes did not.
            copy.apply(new Write(liveSize, new byte[0]));
        }
        return copy.syncedContent();
    }

    private void applySectors(Change change, RandomGenerator random) {
        switch (change) {
            case Cut cut -> {
                if (random.nextBoolean()) {
                    apply(cut);
                }
            }
            case Write write -> {
                int offset = write.offset;
                byte[] bytes = write.bytes;
                int at = 0;
                while (at < bytes.length) {
                    int end = Math.min(bytes.length, at + SECTOR - (offset + at) % SECTOR);
                    if (random.nextBoolean()) {
                        apply(new Write(offset + at, Arrays.copyOfRange(bytes, at, end)));
                    }
                    at = end;
                }
            }
        }
    }

    private void apply(Change change) {
        switch (change) {
            case Write write -> {
                durable = put(durable, write.offset, write.bytes);
                durableSize = Math.max(durableSize, write.offset + write.bytes.length);
            }
            case Cut(int size) -> {
                durable = cut(durable, size);
                durableSize = Math.min(durableSize, size);
            }
        }
    }

    private static byte[] put(byte[] target, int offset, byte[] bytes) {
        int end = offset + bytes.length;
        byte[] result = end <= target.length ? target : Arrays.copyOf(target, Math.max(end, target.length * 2));
        System.arraycopy(bytes, 0, result, offset, bytes.length);
        return result;
    }

    /** What lies past the end must read as zeros when the file grows again. */
    private static byte[] cut(byte[] target, int size) {
        if (size < target.length) {
            Arrays.fill(target, size, target.length, (byte) 0);
        }
        return target;
    }
}
