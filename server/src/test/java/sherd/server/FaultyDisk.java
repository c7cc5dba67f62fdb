package sherd.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;
import sherd.engine.disk.DiskLimits;

/** A disk that waits or fails when told to. */
public final class FaultyDisk implements Disk {
    private final Disk disk;
    private volatile boolean broken;
    private volatile boolean syncsBroken;
    private volatile CountDownLatch writeGate = new CountDownLatch(0);
    private volatile CountDownLatch syncGate = new CountDownLatch(0);

    public FaultyDisk(Disk disk) {
        this.disk = disk;
    }

    /** Writes wait from now on. */
    public void hold() {
        writeGate = new CountDownLatch(1);
    }

    /** Syncs of files wait from now on. */
    public void holdSyncs() {
        syncGate = new CountDownLatch(1);
    }

    public void release() {
        writeGate.countDown();
        syncGate.countDown();
    }

    public void breakDown() {
        broken = true;
    }

    /** From now on writes are taken, and cannot be synced. */
    public void breakSyncs() {
        syncsBroken = true;
    }

    private static void pass(CountDownLatch gate) throws IOException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void check() throws IOException {
        if (broken) {
            throw new IOException("the disk is broken");
        }
    }

    @Override
    public DiskFile create(String name) throws IOException {
        check();
        return new File(disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return disk.open(name);
    }

    @Override
    public DiskFile openForWrite(String name) throws IOException {
        return new File(disk.openForWrite(name));
    }

    @Override
    public DiskLimits limits() {
        return disk.limits();
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
        check();
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void syncFolder(String folder) throws IOException {
        check();
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

    private final class File implements DiskFile {
        private final DiskFile file;

        File(DiskFile file) {
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
            check();
            pass(writeGate);
            file.write(source, offset);
        }

        @Override
        public void truncate(long size) throws IOException {
            check();
            file.truncate(size);
        }

        @Override
        public void sync() throws IOException {
            check();
            pass(syncGate);
            if (syncsBroken) {
                throw new IOException("the disk does not sync");
            }
            file.sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
