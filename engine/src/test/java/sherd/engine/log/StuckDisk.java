package sherd.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;

/** A disk whose writes can be held up. */
final class StuckDisk implements Disk {
    private final Disk disk;
    private boolean stuck;

    StuckDisk(Disk disk) {
        this.disk = disk;
    }

    synchronized void stick() {
        stuck = true;
    }

    synchronized void release() {
        stuck = false;
        notifyAll();
    }

    private synchronized void pass() throws IOException {
        try {
            while (stuck) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new SlowFile(disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return disk.open(name);
    }

    @Override
    public DiskFile openForWrite(String name) throws IOException {
        return new SlowFile(disk.openForWrite(name));
    }

    @Override
    public boolean exists(String name) throws IOException {
        return disk.exists(name);
    }

    @Override
    public long size(String name) throws IOException {
        return disk.size(name);
    }

    @Override
    public List<String> list(String folder) throws IOException {
        return disk.list(folder);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void syncFolder(String folder) throws IOException {
        disk.syncFolder(folder);
    }

    @Override
    public @Nullable AutoCloseable tryLock(String name) throws IOException {
        return disk.tryLock(name);
    }

    @Override
    public String describe() {
        return disk.describe();
    }

    private final class SlowFile implements DiskFile {
        private final DiskFile file;

        SlowFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(ByteBuffer target, long offset) throws IOException {
            return file.read(target, offset);
        }

        @Override
        public void write(ByteBuffer source, long offset) throws IOException {
            pass();
            file.write(source, offset);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            file.sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
