package sherd.bench.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sherd.bench.frame.BenchException;
import sherd.engine.time.Clock;

/** Runs mutated inputs against one target until a time or a count is reached. */
final class Campaign {
    private static final int MOST_FINDINGS = 10;
    private static final int SAME_PLACE_FRAMES = 6;

    private final String name;
    private final Path findings;
    private final Clock clock;
    private final long hangMillis;

    /** Read by the watch: what is being run, and since when. */
    private volatile byte @Nullable [] running;

    private volatile long runningSince;

    /**
     * What came of it.
     *
     * @param crashes one a place in the code, each with its input in hexadecimal
     */
    record Outcome(long executions, List<String> crashes) {}

    /** @param findings where inputs that failed are written */
    Campaign(String name, Path findings, Clock clock, long hangMillis) {
        this.name = name;
        this.findings = findings;
        this.clock = clock;
        this.hangMillis = hangMillis;
    }

    Outcome run(List<byte[]> moreSeeds, long seed, long millis, long most) {
        long executions = 0;
        var crashes = new ArrayList<String>();
        var places = new ArrayList<String>();
        var target = Targets.open(name);
        var watch = watch(Thread.currentThread());
        try (var last = LastInput.open(findings, name)) {
            var seeds = new ArrayList<>(target.seeds());
            seeds.addAll(moreSeeds);
            var mutator = new Mutator(seeds, target.words(), seed);
            long end = clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
            while (executions < most && (executions % 16 != 0 || clock.nanoTime() < end)) {
                var input = executions < seeds.size() ? seeds.get((int) executions) : mutator.next();
                last.note(input);
                running = input;
                runningSince = clock.nanoTime();
                executions++;
                try {
                    target.run(input);
                } catch (Throwable failure) {
                    var place = place(failure);
                    if (!places.contains(place)) {
                        places.add(place);
                        crashes.add(describe(failure, input));
                    }
                    if (crashes.size() == MOST_FINDINGS) {
                        break;
                    }
                }
            }
        } finally {
            running = null;
            watch.interrupt();
        }
        try {
            target.close();
        } catch (Throwable failure) {
            crashes.add(describe(failure, new byte[0]));
        }
        return new Outcome(executions, crashes);
    }

    /** Gives the target these inputs and no others. */
    Outcome run(List<byte[]> inputs) {
        var crashes = new ArrayList<String>();
        try (var target = Targets.open(name)) {
            for (var input : inputs) {
                target.run(input);
            }
        } catch (Throwable failure) {
            crashes.add(describe(failure, inputs.getLast()));
        }
        return new Outcome(inputs.size(), crashes);
    }

    private static String place(Throwable failure) {
        var place = new StringBuilder(failure.getClass().getName());
        var trace = failure.getStackTrace();
        for (int i = 0; i < Math.min(SAME_PLACE_FRAMES, trace.length); i++) {
            place.append('|').append(trace[i]);
        }
        return place.toString();
    }

    @SuppressWarnings("ReferenceEquality") // the failure itself, not one like it
    private String describe(Throwable failure, byte[] input) {
        var file = keep("crash-", input);
        var text = new StringBuilder("crash: target=" + name + " input=" + file + " failure=" + failure);
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause != failure) {
                text.append("\n  caused by ").append(cause);
            }
            var trace = cause.getStackTrace();
            for (int i = 0; i < Math.min(12, trace.length); i++) {
                text.append("\n    at ").append(trace[i]);
            }
        }
        return text.toString();
    }

    private Path keep(String prefix, byte[] input) {
        var file = findings.resolve(prefix + name + "-" + HexFormat.of().toHexDigits(Arrays.hashCode(input)));
        try {
            Files.createDirectories(findings);
            Files.write(file, input);
        } catch (IOException e) {
            throw new BenchException("cannot keep an input that failed: file=" + file + ": " + e, e);
        }
        return file;
    }

    /** An input that takes too long ends the process: the thread that runs it cannot be stopped. */
    private Thread watch(Thread runner) {
        return Thread.ofPlatform().daemon().name("fuzz-watch").start(() -> {
            try {
                while (true) {
                    Thread.sleep(Math.min(1000, hangMillis));
                    var input = running;
                    if (input != null && clock.nanoTime() - runningSince > TimeUnit.MILLISECONDS.toNanos(hangMillis)) {
                        System.err.println("hang: target=" + name + " input=" + keep("hang-", input));
                        for (var frame : runner.getStackTrace()) {
                            System.err.println("    at " + frame);
                        }
                        Runtime.getRuntime().halt(3);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
