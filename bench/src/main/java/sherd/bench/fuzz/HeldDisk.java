package sherd.bench.fuzz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;

/** A folder in memory: opening a damaged copy costs nothing but the reading. */
final class HeldDisk implements Disk {
    private final TreeMap<String, Held> files = new TreeMap<>();

    /** A file's bytes. */
    private static final class Held implements DiskFile {
        private byte[] bytes;
        private int size;

        Held(byte[] bytes) {
            this.bytes = bytes;
            this.size = bytes.length;
        }

        @Override
        public synchronized long size() {
            return size;
        }

        @Override
        public synchronized int read(ByteBuffer target, long offset) {
            int count = Math.clamp(size - offset, 0, target.remaining());
            if (count > 0) {
                target.put(bytes, (int) offset, count);
            }
            return count;
        }

        @Override
        public synchronized void write(ByteBuffer source, long offset) {
            int count = source.remaining();
            int end = Math.toIntExact(offset + count);
            if (end > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
            }
            source.get(bytes, (int) offset, count);
            size = Math.max(size, end);
        }

        @Override
        public synchronized void truncate(long length) {
            size = (int) Math.min(size, length);
            Arrays.fill(bytes, size, bytes.length, (byte) 0);
        }

        synchronized byte[] content() {
            return Arrays.copyOf(bytes, size);
        }

        @Override
        public void sync() {}

        @Override
        public void close() {}
    }

    synchronized void put(String name, byte[] content) {
        files.put(name, new Held(content));
    }

    synchronized byte[] content(String name) {
        var held = files.get(name);
        if (held == null) {
            throw new IllegalArgumentException("no file " + name);
        }
        return held.content();
    }

    synchronized HeldDisk copy() {
        var copy = new HeldDisk();
        files.forEach((name, held) -> copy.put(name, held.content()));
        return copy;
    }

    @Override
    public synchronized DiskFile create(String name) throws IOException {
        if (files.containsKey(name)) {
            throw new IOException("there is a file " + name);
        }
        var held = new Held(new byte[0]);
        files.put(name, held);
        return held;
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        var held = files.get(name);
        if (held == null) {
            throw new IOException("there is no file " + name);
        }
        return held;
    }

    @Override
    public DiskFile openForWrite(String name) throws IOException {
        return open(name);
    }

    @Override
    public synchronized boolean exists(String name) {
        return files.containsKey(name);
    }

    @Override
    public long size(String name) throws IOException {
        return open(name).size();
    }

    @Override
    public synchronized List<String> list(String folder) {
        var prefix = folder.isEmpty() ? "" : folder + "/";
        return files.keySet().stream()
                .filter(name -> name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0)
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        var held = files.remove(from);
        if (held == null) {
            throw new IOException("there is no file " + from);
        }
        files.put(to, held);
    }

    @Override
    public synchronized void delete(String name) {
        files.remove(name);
    }

    @Override
    public void syncFolder(String folder) {}

    @Override
    public @Nullable AutoCloseable tryLock(String name) {
        return () -> {};
    }

    @Override
    public String describe() {
        return "memory";
    }
}
