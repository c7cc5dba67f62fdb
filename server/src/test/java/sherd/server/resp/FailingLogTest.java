package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;
import sherd.server.FaultyDisk;

/** A write is answered with OK only when the log has it; else the client is told that nobody knows. */
final class FailingLogTest {
    @TempDir
    Path folder;

    @Test
    void repliesWaitForTheSyncAndKeepTheirOrder() throws Exception {
        var disk = new FaultyDisk(new LocalDisk(folder));
        try (var node = new TestNode(disk, EngineConfig.DEFAULT.withSync(SyncPolicy.ALWAYS));
                var wire = node.connect();
                var other = node.connect()) {
            assertThat(wire.call("SET", "a", "1")).isEqualTo("+OK\r\n");
            disk.holdSyncs();
            wire.send("SET b 2\r\nGET b\r\n");
            Thread.sleep(50);
            wire.send("PING\r\n");
            assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
            assertThat(wire.socket().getInputStream().available()).isZero();
            disk.release();
            assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
            assertThat(wire.read().raw()).isEqualTo("$1\r\n2\r\n");
            assertThat(wire.read().raw()).isEqualTo("+PONG\r\n");
        }
    }

    @Test
    void whenTheLogFailsWritesAreInDoubtAndReadsGoOn() throws Exception {
        var disk = new FaultyDisk(new LocalDisk(folder));
        try (var node = new TestNode(disk, EngineConfig.DEFAULT.withSync(SyncPolicy.ALWAYS));
                var wire = node.connect()) {
            assertThat(wire.call("SET", "a", "1")).isEqualTo("+OK\r\n");
            disk.breakSyncs();
            wire.send("GET a\r\nSET b 2\r\nINCR x y\r\nAPPEND c d\r\nPING\r\n");
            assertThat(wire.read().raw()).isEqualTo("$1\r\n1\r\n");
            assertThat(wire.read().raw()).startsWith("-INDOUBT ");
            assertThat(wire.read().raw()).startsWith("-ERR wrong number");
            assertThat(wire.read().raw()).matches("(?s)-(INDOUBT|MISCONF) .*");
            assertThat(wire.read().raw()).isEqualTo("+PONG\r\n");
            assertThat(wire.call("BGSAVE")).startsWith("-MISCONF ");
            assertThat(wire.call("SET", "d", "3")).matches("(?s)-(INDOUBT|MISCONF) .*");
            assertThat(wire.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
            wire.send("MULTI\r\nSET e 1\r\nEXEC\r\n");
            assertThat(wire.read().raw()).isEqualTo("+OK\r\n");
            assertThat(wire.read().raw()).isEqualTo("+QUEUED\r\n");
            assertThat(wire.read().raw()).matches("(?s)(-INDOUBT |\\*1\r\n-MISCONF ).*");
            assertThat(wire.call("PING")).isEqualTo("+PONG\r\n");
        }
    }
}
