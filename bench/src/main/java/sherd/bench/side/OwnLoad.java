package sherd.bench.side;

import java.util.SplittableRandom;
import sherd.bench.frame.BenchException;
import sherd.bench.load.CommandSource;
import sherd.bench.load.KeyChoice;
import sherd.bench.load.Load;
import sherd.bench.load.LoadGenerator;

/**
 * The harness's own load generator, for servers that do not speak RESP and keys that are not all alike. It is a part of
 * this process, whose CPU is counted as the tool's.
 *
 * @param clients connections
 */
public record OwnLoad(LoadGenerator generator, int clients, long keys, KeyChoice choice, int valueBytes)
        implements LoadTool {
    private static final long SEED = 1;
    private static final double P50 = 50;
    private static final double P99 = 99;
    private static final double P999 = 99.9;

    @Override
    public LoadResult run(Side side, String test, int pipeline, long requests) {
        double writes = switch (test) {
            case "get" -> 0;
            case "set" -> 1;
            default ->
                throw new BenchException(
                        "the own load generator has set and get only, not " + test + "; leave it out of --tests");
        };
        var random = new SplittableRandom(SEED);
        var commands = CommandSource.mix(side.dialect(), choice.over(keys, random), writes, valueBytes, random);
        long self = ProcessHandle.current().pid();
        long serverBefore = ProcFs.cpuMicros(side.pid());
        long clientBefore = ProcFs.cpuMicros(self);
        var measured =
                LoadGenerator.ended(generator.counted(new Load(side.resp(), clients, pipeline, commands), requests));
        if (measured.misses() > 0) {
            throw new BenchException(side.name() + " had no value for " + measured.misses() + " of its keys");
        }
        return new LoadResult(
                measured.commands(),
                measured.commandsPerSecond(),
                measured.millis(P50),
                measured.millis(P99),
                measured.millis(P999),
                ProcFs.cpuMicros(side.pid()) - serverBefore,
                ProcFs.cpuMicros(self) - clientBefore);
    }
}
