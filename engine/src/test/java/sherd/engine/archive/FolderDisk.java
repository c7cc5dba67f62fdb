package sherd.engine.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;

/** A plain folder, for tests that look at files with other programs. */
final class FolderDisk implements Disk {
    final Path root;

    FolderDisk(Path root) {
        this.root = root;
    }

    @Override
    public DiskFile create(String name) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        return new Channel(FileChannel.open(
                root.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new Channel(FileChannel.open(root.resolve(name), StandardOpenOption.READ));
    }

    @Override
    public DiskFile openForWrite(String name) throws IOException {
        return new Channel(
                FileChannel.open(root.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(root.resolve(name));
    }

    @Override
    public long size(String name) throws IOException {
        return Files.size(root.resolve(name));
    }

    @Override
    public List<String> list(String folder) throws IOException {
        if (!Files.isDirectory(root.resolve(folder))) {
            return List.of();
        }
        try (var files = Files.list(root.resolve(folder))) {
            return files.filter(Files::isRegularFile)
                    .map(f -> f.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(root.resolve(name));
    }

    @Override
    public void syncFolder(String folder) {}

    @Override
    public @Nullable AutoCloseable tryLock(String name) {
        return () -> {};
    }

    @Override
    public String describe() {
        return root.toString();
    }

    private record Channel(FileChannel channel) implements DiskFile {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public int read(ByteBuffer target, long offset) throws IOException {
            int total = 0;
            while (target.hasRemaining()) {
                int got = channel.read(target, offset + total);
                if (got < 0) {
                    break;
                }
                total += got;
            }
            return total;
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            long at = offset;
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void sync() {}

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
