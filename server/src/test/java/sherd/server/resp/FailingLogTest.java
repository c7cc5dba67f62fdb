package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.EngineConfig;
import sherd.engine.disk.Disk;
import sherd.engine.disk.DiskFile;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;

/** A write is answered with OK only when the log has it; else the client is told that nobody knows. */
final class FailingLogTest {
    @TempDir
    Path folder;

    /** A disk whose syncs can be made to wait, or to fail. */
    private static final class StubbornDisk implements Disk {
        private final Disk real;
        volatile boolean failing;
        volatile @Nullable CountDownLatch gate;

        StubbornDisk(Disk real) {
            this.real = real;
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
                file.write(source, offset);
            }

            @Override
            public void truncate(long size) throws IOException {
                file.truncate(size);
            }

            @Override
            public void sync() throws IOException {
                var wait = gate;
                if (wait != null) {
                    try {
                        wait.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
                if (failing) {
                    throw new IOException("the disk is gone");
                }
                file.sync();
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        }

        @Override
        public DiskFile create(String name) throws IOException {
            return new File(real.create(name));
        }

        @Override
        public DiskFile open(String name) throws IOException {
            return real.open(name);
        }

        @Override
        public DiskFile openForWrite(String name) throws IOException {
            return new File(real.openForWrite(name));
        }

        @Override
        public boolean exists(String name) throws IOException {
            return real.exists(name);
        }

        @Override
        public long size(String name) throws IOException {
            return real.size(name);
        }

        @Override
        public List<String> list(String name) throws IOException {
            return real.list(name);
        }

        @Override
        public void rename(String from, String to) throws IOException {
            real.rename(from, to);
        }

        @Override
        public void delete(String name) throws IOException {
            real.delete(name);
        }

        @Override
        public void syncFolder(String name) throws IOException {
            real.syncFolder(name);
        }

        @Override
        public @Nullable AutoCloseable tryLock(String name) throws IOException {
            return real.tryLock(name);
        }

        @Override
        public String describe() {
            return real.describe();
        }
    }

    @Test
    void repliesWaitForTheSyncAndKeepTheirOrder() throws Exception {
        var disk = new StubbornDisk(new LocalDisk(folder));
        try (var node = new TestNode(disk, EngineConfig.DEFAULT.withSync(SyncPolicy.ALWAYS));
                var wire = node.connect();
                var other = node.connect()) {
            assertThat(wire.call("SET", "a", "1")).isEqualTo("+OK\r\n");
            var gate = new CountDownLatch(1);
            disk.gate = gate;
            wire.send("SET b 2\r\nGET b\r\n");
            Thread.sleep(50);
            wire.send("PING\r\n");
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(wire.socket().getInputStream().available()).isZero();
            gate.countDown();
            assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
            assertThat(wire.read().raw()).isEqualTo("$1\r\n2\r\n");
            assertThat(wire.read().raw()).isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void whenTheLogFailsWritesAreInDoubtAndReadsGoOn() throws Exception {
        var disk = new StubbornDisk(new LocalDisk(folder));
        try (var node = new TestNode(disk, EngineConfig.DEFAULT.withSync(SyncPolicy.ALWAYS));
                var wire = node.connect()) {
            assertThat(wire.call("SET", "a", "1")).isEqualTo("+OK\r\n");
            disk.failing = true;
            wire.send("GET a\r\nSET b 2\r\nINCR x y\r\nAPPEND c d\r\nPING\r\n");
            assertThat(wire.read().raw()).isEqualTo("$1\r\n1\r\n");
            assertThat(wire.read().raw()).startsWith("-INDOUBT ");
            assertThat(wire.read().raw()).startsWith("-ERR wrong number");
            assertThat(wire.read().raw()).startsWith("-INDOUBT ");
            assertThat(wire.read().raw()).isEqualTo("+PONG\r\n");
            assertThat(wire.call("SET", "d", "3")).matches("(?s)-(INDOUBT|MISCONF) .*");
            assertThat(wire.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
            wire.send("MULTI\r\nSET e 1\r\nEXEC\r\n");
            assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
            assertThat(wire.read().raw()).isEqualTo("+QUEUED\r\n");
            assertThat(wire.read().raw()).matches("(?s)-(INDOUBT|MISCONF) .*");
            assertThat(wire.call("PING")).isEqualTo("+PONG\r\n");
        }
    }
}
