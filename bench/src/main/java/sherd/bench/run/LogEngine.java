package sherd.bench.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import sherd.bench.frame.BenchException;
import sherd.engine.Engine;
import sherd.engine.EngineConfig;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;
import sherd.engine.observe.Events;
import sherd.engine.time.SystemClock;

/** An engine in this process, for log tables. */
final class LogEngine {
    private LogEngine() {}

    /** @param mergeWidth 0 merges nothing */
    static Engine open(Path folder, long memoryLimit, int mergeWidth) {
        try {
            return Engine.open(
                    EngineConfig.DEFAULT
                            .withSync(SyncPolicy.INTERVAL)
                            .withMemoryLimit(memoryLimit)
                            .withMergeWidth(mergeWidth),
                    new LocalDisk(folder),
                    new SystemClock(),
                    new SplittableRandom(1),
                    Events.SILENT,
                    Thread.ofPlatform().daemon().factory());
        } catch (IOException e) {
            throw new BenchException("cannot use the folder " + folder + ": " + e, e);
        }
    }
}
