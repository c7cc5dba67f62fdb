package sherd.server.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.error.Fault;
import sherd.engine.observe.Events;
import sherd.engine.time.Clock;
import sherd.server.FaultyDisk;

/** A real engine in a temporary folder that is verified and removed at the end. */
final class TestEngine implements AutoCloseable {
    private final Path folder;
    private final Engine engine;
    private final FaultyDisk disk;
    private boolean broken;

    TestEngine(EngineConfig config, Clock clock) {
        try {
            folder = Files.createTempDirectory("sherd-http");
            disk = new FaultyDisk(new LocalDisk(folder));
            engine = Engine.open(
                    config,
                    disk,
                    clock,
                    new Random(1),
                    Events.SILENT,
                    Thread.ofPlatform().daemon().factory());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path folder() {
        return folder;
    }

    Engine engine() {
        return engine;
    }

    FaultyDisk disk() {
        return disk;
    }

    /** From now on nothing can be written, so what is in the folder at the end is anybody's guess. */
    void breakDisk() {
        broken = true;
        disk.breakDown();
    }

    /** What is in the folder at the end is not as the engine left it. */
    void damaged() {
        broken = true;
    }

    @Override
    public void close() {
        engine.close();
        try {
            verify();
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void verify() throws IOException {
        if (broken) {
            return;
        }
        var faults = Engine.check(new LocalDisk(folder)).stream()
                .map(Fault::toString)
                .toList();
        if (!faults.isEmpty()) {
            throw new AssertionError("the data folder is damaged: " + faults);
        }
    }
}
