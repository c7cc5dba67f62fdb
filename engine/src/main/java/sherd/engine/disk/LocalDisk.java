package sherd.engine.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import sherd.engine.error.Invariant;

/**
 * A folder of the local file system. Works on any number of threads.
 *
 * <p>An interrupt during a call closes the file for everyone, as file channels do: threads that do I/O are stopped by
 * a flag and never interrupted.
 */
public final class LocalDisk implements Disk {
    /**
     * Locks held by this process. The system's own table is not enough: to ask it, the file must be opened, and
     * closing it again would let go of the lock the first holder has.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path root;

    /** The folder is created if it is missing. */
    public LocalDisk(Path root) throws IOException {
        createFolders(root.toAbsolutePath());
        this.root = root.toRealPath();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        Path path = path(name);
        try {
            return openNew(path);
        } catch (NoSuchFileException _) {
            createFolders(parent(path));
            return openNew(path);
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        Path path = path(name);
        return new LocalFile(path, FileChannel.open(path, StandardOpenOption.READ));
    }

    @Override
    public DiskFile openForWrite(String name) throws IOException {
        Path path = path(name);
        return new LocalFile(path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(path(name));
    }

    @Override
    public long size(String name) throws IOException {
        return Files.size(path(name));
    }

    @Override
    public List<String> list(String folder) throws IOException {
        Path path = folder.isEmpty() ? root : path(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (var files = Files.list(path)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(path(name));
    }

    @Override
    public void syncFolder(String folder) throws IOException {
        sync(folder.isEmpty() ? root : path(folder));
    }

    @Override
    public @Nullable AutoCloseable tryLock(String name) throws IOException {
        Path path = path(name);
        if (!HELD.add(path)) {
            return null;
        }
        HeldLock lock = null;
        try {
            lock = lock(path);
        } finally {
            if (lock == null) {
                HELD.remove(path);
            }
        }
        return lock;
    }

    private static @Nullable HeldLock lock(Path path) throws IOException {
        var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            locked = false;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
        return locked ? new HeldLock(path, channel) : null;
    }

    @Override
    public long freeBytes() {
        return root.toFile().getUsableSpace();
    }

    @Override
    public String describe() {
        return root.toString();
    }

    private Path path(String name) {
        Path path = root.resolve(name).normalize();
        Invariant.check(path.startsWith(root) && !path.equals(root), "file name leaves the folder");
        return path;
    }

    private static LocalFile openNew(Path path) throws IOException {
        return new LocalFile(
                path,
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /** A folder's name is durable when its parent was synced, and nobody else would think of it. */
    private static void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = parent(folder);
        createFolders(parent);
        Files.createDirectories(folder);
        sync(parent);
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private static void sync(Path folder) throws IOException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private record HeldLock(Path path, FileChannel channel) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            if (channel.isOpen()) {
                channel.close();
                HELD.remove(path);
            }
        }
    }
}
