package sherd.server.resp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.SplittableRandom;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.Disk;
import sherd.engine.disk.LocalDisk;
import sherd.engine.observe.Events;
import sherd.engine.time.SystemClock;
import sherd.server.config.HostPort;
import sherd.server.config.Transport;
import sherd.server.net.EventLoops;

/** A real engine in a folder behind a real RESP door on a free port. */
final class TestNode implements AutoCloseable {
    final Engine engine;
    final EventLoops loops;
    final RespDoor door;

    TestNode(Path folder, EngineConfig config) throws IOException {
        this(new LocalDisk(folder), config);
    }

    TestNode(Disk disk, EngineConfig config) {
        this(disk, config, Transport.AUTO);
    }

    TestNode(Disk disk, EngineConfig config, Transport transport) {
        engine = Engine.open(config, disk, new SystemClock(), new Random(1), Events.SILENT, work -> {
            var thread = new Thread(work, "test-engine");
            thread.setDaemon(true);
            return thread;
        });
        loops = EventLoops.start(transport, 2);
        door = RespDoor.open(
                loops, new HostPort("127.0.0.1", 0), engine, new SystemClock(), new SplittableRandom(1), "test");
    }

    TestNode(Path folder) throws IOException {
        this(folder, EngineConfig.DEFAULT);
    }

    int port() {
        return door.address().port();
    }

    Wire connect() throws IOException {
        return new Wire(port());
    }

    @Override
    public void close() {
        door.close();
        loops.close();
        engine.close();
    }
}
