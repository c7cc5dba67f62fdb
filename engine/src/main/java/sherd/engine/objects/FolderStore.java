package sherd.engine.objects;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;
import sherd.engine.objects.ObjectException.Reason;

/** Objects as files of a folder, which may lie on another device or be mounted from another machine. */
public final class FolderStore implements ObjectStore {
    private static final String PART = ".part";
    private static final int STEP = 256 << 10;

    private final Disk disk;

    public FolderStore(Disk disk) {
        this.disk = disk;
    }

    @Override
    public boolean put(String key, Content content) throws IOException {
        if (existing(() -> disk.exists(key), key)) {
            return false;
        }
        try (var source = new Source(content.open())) {
            return existing(
                    () -> {
                        write(key + PART, source);
                        disk.rename(key + PART, key);
                        disk.syncFolder(folderOf(key));
                        return true;
                    },
                    key);
        }
    }

    private void write(String name, InputStream source) throws IOException {
        disk.delete(name);
        try (var file = disk.create(name)) {
            var buffer = new byte[STEP];
            long at = 0;
            for (int got = source.read(buffer); got >= 0; got = source.read(buffer)) {
                file.write(ByteBuffer.wrap(buffer, 0, got), at);
                at += got;
            }
            file.sync();
        }
    }

    @Override
    public void read(String key, long offset, ByteBuffer target) throws IOException {
        int wanted = target.remaining();
        int got = existing(
                () -> {
                    requireObject(key);
                    try (DiskFile file = disk.open(key)) {
                        return file.read(target, offset);
                    }
                },
                key);
        if (got != wanted) {
            throw new ObjectException(
                    Reason.SHORT, "the object is too short: key=" + key + " wanted=" + (offset + wanted) + " bytes");
        }
    }

    @Override
    public OptionalLong size(String key) throws IOException {
        return existing(() -> disk.exists(key) ? OptionalLong.of(disk.size(key)) : OptionalLong.empty(), key);
    }

    @Override
    public void delete(String key) throws IOException {
        existing(
                () -> {
                    if (disk.exists(key)) {
                        disk.delete(key);
                        disk.syncFolder(folderOf(key));
                    }
                    return key;
                },
                key);
    }

    @Override
    public List<String> list(String prefix) throws IOException {
        var folder = folderOf(prefix);
        return existing(
                () -> disk.list(folder).stream()
                        .map(name -> folder.isEmpty() ? name : folder + "/" + name)
                        .filter(name -> name.startsWith(prefix) && !name.endsWith(PART))
                        .toList(),
                prefix);
    }

    @Override
    public String describe() {
        return disk.describe();
    }

    @Override
    public void close() {}

    private void requireObject(String key) throws IOException {
        if (!disk.exists(key)) {
            throw new ObjectException(
                    Reason.MISSING, "there is no such object: folder=" + disk.describe() + " key=" + key);
        }
    }

    private interface Call<T> {
        T run() throws IOException;
    }

    /** A folder fails as a store does; what the content's own source throws is the caller's. */
    private <T> T existing(Call<T> call, String key) throws IOException {
        try {
            return call.run();
        } catch (ObjectException e) {
            throw e;
        } catch (SourceException e) {
            throw e.failure;
        } catch (IOException e) {
            throw new ObjectException(
                    Reason.AWAY,
                    "the folder of objects failed: folder=" + disk.describe() + " key=" + key + " reason='"
                            + e.getMessage() + "'",
                    e);
        }
    }

    private static final class SourceException extends IOException {
        private static final long serialVersionUID = 1L;

        private final IOException failure;

        private SourceException(IOException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    /** Marks failures of the source. */
    private static final class Source extends FilterInputStream {
        private Source(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return in.read(target, offset, length);
            } catch (IOException e) {
                throw new SourceException(e);
            }
        }
    }

    private static String folderOf(String key) {
        return key.substring(0, Math.max(0, key.lastIndexOf('/')));
    }
}
