package sherd.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class LocalFile implements DiskFile {
    private static final Optional<OpenOption> DIRECT = directOption();

    private final Path path;
    private final FileChannel channel;
    /** The same file past the system's cache; opened when it is first asked for, null if that cannot be. */
    private @Nullable FileChannel direct;

    /** -1 as long as nobody has asked. */
    private int directBlock = -1;

    LocalFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** By name: the option is the JDK's own, and another JDK may be without it. */
    private static Optional<OpenOption> directOption() {
        try {
            return Arrays.stream(
                            Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants())
                    .filter(option -> option.toString().equals("DIRECT"))
                    .map(OpenOption.class::cast)
                    .findAny();
        } catch (ClassNotFoundException _) {
            return Optional.empty();
        }
    }

    FileChannel channel() {
        return channel;
    }

    @Override
    public Optional<SendableFile> sendable() {
        return Optional.of(new SendableFile(channel));
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int read(ByteBuffer target, long offset) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = channel.read(target, offset + total);
            if (read < 0) {
                break;
            }
            total += read;
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
    public int directBlock() {
        if (directBlock < 0) {
            directBlock = openDirect();
        }
        return directBlock;
    }

    /** Not every file system and platform can do it. */
    private int openDirect() {
        try {
            long block = Files.getFileStore(path).getBlockSize();
            if (block > MAX_DIRECT_BLOCK || Long.bitCount(block) != 1) {
                return 0;
            }
            if (DIRECT.isEmpty()) {
                return 0;
            }
            direct = FileChannel.open(path, StandardOpenOption.WRITE, DIRECT.get());
            return (int) block;
        } catch (IOException | UnsupportedOperationException _) {
            return 0;
        }
    }

    @Override
    public void writeDirect(ByteBuffer source, long offset) throws IOException {
        FileChannel target = directBlock() > 0 && direct != null ? direct : channel;
        long at = offset;
        while (source.hasRemaining()) {
            at += target.write(source, at);
        }
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void sync() throws IOException {
        // Data and size only: times do not matter and cost a journal commit.
        channel.force(false);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (direct != null) {
                direct.close();
            }
        }
    }
}
