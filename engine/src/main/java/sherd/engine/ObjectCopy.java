package sherd.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.BooleanSupplier;
import sherd.engine.archive.SegmentMeta;
import sherd.engine.archive.file.Failures;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.MemoryBudget.Purpose;
import sherd.engine.memory.Region;
import sherd.engine.objects.ObjectException;
import sherd.engine.objects.ObjectStore;

/**
 * Compares the bytes of a segment, in its file and in its object, with the length and the SHA-256 that the catalog has
 * from when it was written; and stores the file as the object.
 */
final class ObjectCopy {
    private static final int STEP = 4 << 20;
    private static final int LEAST_STEP = 64 << 10;

    private final Disk disk;
    private final ObjectStore store;
    private final MemoryBudget budget;
    private final BooleanSupplier stopped;

    /** @param stopped asked now and then; once true, what is under way fails */
    ObjectCopy(Disk disk, ObjectStore store, MemoryBudget budget, BooleanSupplier stopped) {
        this.disk = disk;
        this.store = store;
        this.budget = budget;
        this.stopped = stopped;
    }

    /** Whether the file is what was written. */
    boolean fileIsSound(SegmentMeta meta) {
        try {
            if (!disk.exists(meta.file()) || disk.size(meta.file()) != meta.sizeBytes()) {
                return false;
            }
            try (var file = disk.open(meta.file())) {
                return sum(meta, (offset, target) -> file.read(target, offset)).equals(meta.sha256());
            }
        } catch (IOException e) {
            throw Failures.reading(meta.file(), e);
        }
    }

    /** Whether the object is there whole, read back to its last byte. */
    boolean objectIsSound(SegmentMeta meta, String key) throws IOException {
        var size = store.size(key);
        return size.isPresent()
                && size.getAsLong() == meta.sizeBytes()
                && sum(meta, (offset, target) -> store.read(key, offset, target))
                        .equals(meta.sha256());
    }

    /** Stores the file; an object of that key that is there already stays. */
    void put(SegmentMeta meta, String key) throws IOException {
        store.put(key, new ObjectStore.Content() {
            @Override
            public long length() {
                return meta.sizeBytes();
            }

            @Override
            public String sha256() {
                return meta.sha256();
            }

            @Override
            public InputStream open() throws IOException {
                return new FileStream(disk.open(meta.file()), stopped);
            }
        });
    }

    private interface Reading {
        void at(long offset, ByteBuffer target) throws IOException;
    }

    private String sum(SegmentMeta meta, Reading reading) throws IOException {
        var digest = sha256();
        int step = Math.clamp(meta.sizeBytes(), 1, STEP);
        try (var room = Region.within(budget, Purpose.CACHE, step)
                .orElseGet(() -> new Region(budget, Purpose.CACHE, LEAST_STEP))) {
            step = (int) Math.min(step, room.capacity());
            for (long at = 0; at < meta.sizeBytes(); at += step) {
                requireGoingOn(stopped);
                int length = (int) Math.min(step, meta.sizeBytes() - at);
                reading.at(at, room.view(0, length));
                digest.update(room.view(0, length));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void requireGoingOn(BooleanSupplier stopped) throws IOException {
        if (stopped.getAsBoolean()) {
            throw new ObjectException(ObjectException.Reason.AWAY, "the node is closing");
        }
    }

    /** A file from front to back. */
    private static final class FileStream extends InputStream {
        private final DiskFile file;
        private final BooleanSupplier stopped;
        private long at;

        private FileStream(DiskFile file, BooleanSupplier stopped) {
            this.file = file;
            this.stopped = stopped;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            requireGoingOn(stopped);
            int got = file.read(ByteBuffer.wrap(target, offset, length), at);
            at += got;
            return got == 0 && length > 0 ? -1 : got;
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
